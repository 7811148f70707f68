package api_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/dicode/platen"
	"github.com/dicode/platen/api"
	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/client"
	"github.com/dicode/platen/custody"
	"github.com/dicode/platen/diffs"
	"github.com/dicode/platen/pdf/raster"
	"github.com/dicode/platen/queue"
	"github.com/dicode/platen/renderer"
	"github.com/dicode/platen/renderer/chrome"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/templates"
	"github.com/dicode/platen/webhook"
)

// A mode is a way to run the service. The whole suite runs in each.
type mode struct {
	name    string
	workers int // processes that work, beside that of the API; 0: the API's own does
	// open makes what all processes share, and returns what one of them uses.
	open func(t *testing.T, shares queue.Shares) func() parts
}

// parts are what a process uses.
type parts struct {
	bucket        storage.Bucket
	jobs, notices queue.Dispatcher
}

var modes = []mode{
	{"embedded", 0, embedded},
	{"Redis and S3", 2, distributed},
}

func embedded(t *testing.T, shares queue.Shares) func() parts {
	bucket, err := storage.OpenFS(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { bucket.Close() })
	one := parts{bucket, queue.NewMemory(shares, time.Now), queue.NewMemory(noLimits, time.Now)}
	return func() parts { return one }
}

func noLimits(platen.TenantID) queue.Share { return queue.Share{} }

// eachMode runs a test in each mode.
func eachMode(t *testing.T, test func(*testing.T, mode)) {
	for _, m := range modes {
		t.Run(m.name, func(t *testing.T) { test(t, m) })
	}
}

// sharedBrowser is the one browser of all tests.
var sharedBrowser = sync.OnceValues(func() (*chrome.Pool, error) {
	return chrome.Open(context.Background(), chrome.Config{Browsers: 1, NoSandbox: os.Geteuid() == 0})
})

// pictures draws the previews of all tests.
var pictures = raster.New(raster.Config{})

var started bool

func browser(t *testing.T) *chrome.Pool {
	t.Helper()
	started = true
	pool, err := sharedBrowser()
	if err != nil {
		t.Fatal(err)
	}
	return pool
}

func TestMain(m *testing.M) {
	code := m.Run()
	pictures.Close()
	if started {
		if pool, err := sharedBrowser(); err == nil {
			pool.Close()
		}
	}
	os.Exit(code)
}

// options change a server. The zero value is one as it is used.
type options struct {
	shares   queue.Shares
	render   func(queue.Render) queue.Render // around that of the workers
	config   func(*api.Config)
	queue    func(*queue.Config)
	bucket   func(storage.Bucket) storage.Bucket // around that of each process
	tls      *tls.Config
	listener func(net.Listener) net.Listener
	log      *slog.Logger
	waiting  bool // nothing is worked on

	deliver bool     // notices are delivered
	allow   []string // receivers of webhooks
	webhook func(*webhook.Config)

	rules    templates.Rules
	renderer func(*renderer.Config)
}

// A server of a test. Its client is the tenant acme and may write and read.
type server struct {
	*client.ClientWithResponses
	url         string
	api         *api.API
	certificate *x509.Certificate // with TLS
}

const (
	issuer   = "https://id.example"
	audience = "platen"
)

var testPublic, testPrivate, _ = ed25519.GenerateKey(rand.Reader)

func (m mode) serve(t *testing.T, o options) *server {
	t.Helper()
	if o.log == nil {
		o.log = slog.New(slog.DiscardHandler)
	}
	if o.shares == nil {
		o.shares = noLimits
	}
	process := m.open(t, o.shares)
	var library *templates.Library
	var trail *audit.Trail
	open := func() (*queue.Queue, *renderer.Renderer, storage.Bucket) {
		p := process()
		bucket := p.bucket
		if o.bucket != nil {
			bucket = o.bucket(bucket)
		}
		rules := func(context.Context, platen.TenantID) (templates.Rules, error) { return o.rules, nil }
		library = templates.NewLibrary(bucket, rules, time.Now, 64<<20)
		cfg := queue.Config{
			Bucket: bucket, Dispatcher: p.jobs, Notices: p.notices, Shares: o.shares, Now: time.Now, Log: o.log,
			Attempts: 2, Backoff: time.Millisecond, Waits: []time.Duration{time.Millisecond},
		}
		trail = audit.New(audit.Config{Bucket: bucket, Now: time.Now, Log: o.log})
		cfg.Announce = api.Announce(trail)
		if o.queue != nil {
			o.queue(&cfg)
		}
		rendering := renderer.Config{
			Bucket: bucket, Templates: findTemplate(library), Limits: platen.DefaultDataLimits, Now: time.Now, Log: o.log, Raster: pictures,
		}
		if o.renderer != nil {
			o.renderer(&rendering)
		} else {
			rendering.Printer = browser(t)
		}
		return queue.New(cfg), renderer.New(rendering), bucket
	}
	q, r, bucket := open()
	ofAPI, trailOfAPI := library, trail
	sender := o.sender(t, bucket)
	m.work(t, o, open, q, r, sender.Deliver)

	auth, err := api.NewTokens(t.Context(), api.TokenConfig{Issuer: issuer, Audience: audience, Key: testPublic})
	if err != nil {
		t.Fatal(err)
	}
	cfg := api.Config{Queue: q, Renderer: r, Webhooks: sender, Library: ofAPI, Audit: trailOfAPI, Authenticate: auth, Log: o.log}
	keeping := custody.Config{Bucket: bucket, Settings: r.Settings, Now: time.Now, Document: r.Document, Seal: r.Seal}
	if r.Printer != nil {
		keeping.Print = r.Printer.Print
	}
	cfg.Custody = custody.New(keeping)
	if o.config != nil {
		o.config(&cfg)
	}
	s := &server{api: api.New(cfg)}
	listening := httptest.NewUnstartedServer(s.api)
	if o.listener != nil {
		listening.Listener = o.listener(listening.Listener)
	}
	if o.tls != nil {
		listening.TLS, listening.EnableHTTP2 = o.tls, true
		listening.StartTLS()
	} else {
		listening.Start()
	}
	t.Cleanup(func() {
		s.api.Drain()
		listening.Close()
	})
	s.url, s.certificate = listening.URL, listening.Certificate()
	s.ClientWithResponses = s.as(t, "acme", api.WriteDocuments, api.ReadDocuments)
	return s
}

// work starts the processes that work, until the test ends.
func (m mode) work(t *testing.T, o options, open func() (*queue.Queue, *renderer.Renderer, storage.Bucket), q *queue.Queue, r *renderer.Renderer, deliver queue.Deliver) {
	if o.waiting {
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	var group sync.WaitGroup
	t.Cleanup(func() {
		stop()
		group.Wait()
	})
	for i := range max(m.workers, 1) {
		if m.workers > 0 {
			q, r, _ = open()
		}
		render := queue.Render(diffs.New(r.Bucket, r.Document, r.Raster).Or(r.Render))
		if o.render != nil {
			render = o.render(render)
		}
		group.Go(func() { q.Work(ctx, 1, render) })
		if o.deliver {
			group.Go(func() { q.Notify(ctx, 1, deliver) })
		}
		if i == 0 {
			group.Go(func() { q.Reconcile(ctx) })
		}
	}
}

// sender sends to receivers on loopback that are allowed. It can look no name up.
func (o options) sender(t *testing.T, bucket storage.Bucket) *webhook.Sender {
	t.Helper()
	allow, err := webhook.ParseAllow(o.allow)
	if err != nil {
		t.Fatal(err)
	}
	offline := &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("offline") }}
	cfg := webhook.Config{Store: webhook.NewStore(bucket, allow, time.Now), Resolver: offline, Log: o.log}
	if o.webhook != nil {
		o.webhook(&cfg)
	}
	return webhook.NewSender(cfg)
}

// findTemplate finds the templates of a library, as platen serve does.
func findTemplate(l *templates.Library) renderer.Templates {
	return func(ctx context.Context, job platen.Job, site string) (*templates.Template, error) {
		return l.Template(ctx, job.Tenant, job.Template, templates.Pick{Job: job.ID, Site: site, At: time.Now()})
	}
}

// token returns a token of a tenant.
func token(t *testing.T, tenant string, scopes ...api.Scope) string {
	t.Helper()
	return tokenOf(t, tenant, "lims", scopes...)
}

// tokenOf returns a token of somebody of a tenant.
func tokenOf(t *testing.T, tenant, subject string, scopes ...api.Scope) string {
	t.Helper()
	text := make([]string, len(scopes))
	for i, s := range scopes {
		text[i] = string(s)
	}
	signed, err := jwt.NewWithClaims(jwt.SigningMethodEdDSA, jwt.MapClaims{
		"iss": issuer, "aud": audience, "sub": subject, "tenant": tenant, "scope": strings.Join(text, " "), "exp": time.Now().Add(time.Hour).Unix(),
	}).SignedString(testPrivate)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// as returns a client of the server.
func (s *server) as(t *testing.T, tenant string, scopes ...api.Scope) *client.ClientWithResponses {
	t.Helper()
	bearer := "Bearer " + token(t, tenant, scopes...)
	c, err := client.NewClientWithResponses(s.url, client.WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
		if r.Header.Get("Authorization") == "" {
			r.Header.Set("Authorization", bearer)
		}
		return nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// must returns what a call has returned.
func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// A reply is a response that was read.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// request makes a request as acme. Headers are names and values.
func (s *server) request(t *testing.T, method, path, body string, headers ...string) *http.Request {
	t.Helper()
	var content io.Reader
	if body != "" {
		content = strings.NewReader(body)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, s.url+path, content)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token(t, "acme", api.WriteDocuments, api.ReadDocuments, api.WriteSettings))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	return r
}

// do sends such a request.
func (s *server) do(t *testing.T, method, path, body string, headers ...string) reply {
	t.Helper()
	return send(t, s.request(t, method, path, body, headers...))
}

func send(t *testing.T, r *http.Request) reply {
	t.Helper()
	return sendBy(t, http.DefaultClient, r)
}

func sendBy(t *testing.T, c *http.Client, r *http.Request) reply {
	t.Helper()
	res, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{res.StatusCode, res.Header, b}
}

// oneTooMany sends three requests of a kind of which two are held up at once: the third is
// refused. The answers of the two come when they are let go.
func oneTooMany(t *testing.T, request func() *http.Request) (answers chan reply) {
	t.Helper()
	answers = make(chan reply, 3)
	for range 3 {
		req := request()
		go func() { answers <- send(t, req) }()
	}
	first := <-answers
	first.problem(t, http.StatusTooManyRequests)
	if first.header.Get("Retry-After") == "" {
		t.Error("it does not say when to try again")
	}
	return answers
}

// problem checks that a reply is a problem with the status, and returns it.
func (r reply) problem(t *testing.T, status int) client.Problem {
	t.Helper()
	if r.status != status {
		t.Fatalf("got %d, want %d: %s", r.status, status, r.body)
	}
	var p client.Problem
	d := json.NewDecoder(bytes.NewReader(r.body))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil || r.header.Get("Content-Type") != "application/problem+json" {
		t.Fatalf("%d is no problem: %v: %s: %s", status, err, r.header.Get("Content-Type"), r.body)
	}
	if int(p.Status) != status || p.Title != http.StatusText(status) || p.Detail == "" {
		t.Errorf("the problem of %d is %+v", status, p)
	}
	return p
}

// record returns a record of the test data.
func record(t testing.TB, name string) json.RawMessage {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../testdata/data", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// request asks for a document of two pages. Another reason is another document.
func request(t testing.TB, reason string) client.Request {
	return client.Request{
		Template: "baseline/batch-record", Data: record(t, "tablet-2p.json"),
		Issue: client.IssueBlock{By: "A. Meier", At: "2026-03-01T14:05:00+01:00", Reason: reason},
	}
}

func text(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// create asks for a document that is accepted.
func (s *server) create(t *testing.T, r client.Request) client.Document {
	t.Helper()
	res := must(s.CreateDocumentWithResponse(t.Context(), nil, r))(t)
	if res.JSON202 == nil {
		t.Fatalf("got %s: %s", res.Status(), res.Body)
	}
	return *res.JSON202
}

// done asks for a document and waits for it.
func (s *server) done(t *testing.T, r client.Request) client.Document {
	t.Helper()
	res := must(s.CreateDocumentWithResponse(t.Context(), &client.CreateDocumentParams{Prefer: new("wait=60")}, r))(t)
	if res.JSON200 == nil || res.JSON200.State != client.DocumentStateDone {
		t.Fatalf("got %s: %s", res.Status(), res.Body)
	}
	return *res.JSON200
}

// until waits for a document to be in a state.
func (s *server) until(t *testing.T, id string, state client.DocumentState) client.Document {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for ; ; <-time.After(5 * time.Millisecond) {
		res := must(s.GetDocumentWithResponse(ctx, id))(t)
		if res.JSON200 == nil {
			t.Fatalf("got %s: %s", res.Status(), res.Body)
		}
		if d := *res.JSON200; d.State == state {
			return d
		}
	}
}

// A gate holds renders up. Each takes one from pass, and is told in begun.
type gate struct {
	begun chan string // reasons
	pass  chan struct{}
}

func newGate() *gate { return &gate{make(chan string, 100), make(chan struct{})} }

func (g *gate) render(next queue.Render) queue.Render {
	return func(ctx context.Context, job platen.Job) (platen.Document, error) {
		g.begun <- job.Issue.Reason
		select {
		case <-g.pass:
			return next(ctx, job)
		case <-ctx.Done():
			return platen.Document{}, context.Cause(ctx)
		}
	}
}

// faulty fails to render documents whose reason says so.
func faulty(next queue.Render) queue.Render {
	return func(ctx context.Context, job platen.Job) (platen.Document, error) {
		switch job.Issue.Reason {
		case "refused":
			return platen.Document{}, platen.Invalid
		case "dead":
			return platen.Document{}, platen.Internal
		}
		return next(ctx, job)
	}
}
