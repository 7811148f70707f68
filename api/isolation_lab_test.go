package api_test

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/api"
)

// What belongs to a tenant is told by its form: secrets stand in what a tenant stores and
// nobody else ever sends them; ids and names may be guessed.
var (
	secrets = regexp.MustCompile(`zq\d{3}x[0-9a-f]{8}`)
	guesses = regexp.MustCompile(`\blab-\d{3}\b|n\d{3}x[0-9a-f]{8}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}`)
)

// A lab is a tenant, with what it has.
type lab struct {
	*world
	number               int
	tenant, name, secret string
	authorization        string
	shared               string // id of the document that all have asked for

	mu      sync.Mutex // held by who acts as the tenant
	has     map[string][]string
	sent    map[string]bool // ids and names that it has guessed
	made    map[string]bool // names that were another's and are now its own, too
	version int
}

var allScopes = []api.Scope{api.WriteDocuments, api.ReadDocuments, api.WriteTemplates, api.ApproveTemplates, api.WriteSettings, api.ReadAudit}

func (w *world) newLab(i int) *lab {
	tail := func() string { return fmt.Sprintf("%03dx%08x", i, rand.Uint32()) }
	l := &lab{world: w, number: i, tenant: fmt.Sprintf("lab-%03d", i), name: "n" + tail(), secret: "zq" + tail()}
	l.has, l.sent, l.made = map[string][]string{"webhook": {l.name}, "slot": {l.name}, "template": {l.name}, "tenant": {l.tenant}}, map[string]bool{}, map[string]bool{}
	l.authorization = "Bearer " + tokenOf(w.T, l.tenant, "lims", allScopes...)
	w.owners[l.tenant], w.owners[l.name] = l, l
	return l
}

// one returns one of the things of a kind that the lab has.
func (l *lab) one(g *rand.Rand, kind string) (string, bool) {
	l.world.mu.Lock()
	defer l.world.mu.Unlock()
	list := l.has[kind]
	if kind == "" || len(list) == 0 {
		return "", kind == ""
	}
	return list[g.IntN(len(list))], true
}

// kept is how many things of a kind are remembered.
const kept = 30

func (l *lab) add(kind, ref string) {
	l.world.mu.Lock()
	defer l.world.mu.Unlock()
	if l.has[kind] = append(l.has[kind], ref); len(l.has[kind]) > kept {
		l.has[kind] = l.has[kind][1:]
	}
}

// missingLike returns what looks like an id or a name of somebody, and is nobody's.
func missingLike(g *rand.Rand, ref string) string {
	return guesses.ReplaceAllStringFunc(ref, func(s string) string { return s[:len(s)-6] + fmt.Sprintf("%06x", g.IntN(1<<24)) })
}

// do does an operation as the lab and checks the answer.
func (l *lab) do(o isolatedOperation, c call) reply {
	r, err := http.NewRequestWithContext(l.Context(), o.method, l.url+c.path, strings.NewReader(c.body))
	if err != nil {
		l.Error(err)
		return reply{}
	}
	r.Header.Set("Authorization", l.authorization)
	for name, value := range c.header {
		r.Header.Set(name, value)
	}
	for _, word := range guesses.FindAllString(fmt.Sprint(c.path, c.header, c.body), -1) {
		l.sent[word] = true
	}
	got := l.exchange(o, r)
	l.world.mu.Lock()
	if l.answers[o.id] == nil {
		l.answers[o.id] = map[int]int{}
	}
	l.answers[o.id][got.status/100]++
	l.world.mu.Unlock()
	if got.status >= 500 || o.refused != 0 && got.status != o.refused {
		l.Errorf("%s as %s: got %d: %.500s", o.id, l.tenant, got.status, got.body)
	}
	own := l.check(fmt.Sprint(o.id, " answers ", got.status), []byte(fmt.Sprint(got.header)), got.body)
	if own {
		l.world.mu.Lock()
		l.world.own[o.id]++
		l.world.mu.Unlock()
	}
	if err := shielded(got); err != nil {
		l.Errorf("%s: %d: %v", o.id, got.status, err)
	}
	if got.status/100 == 2 {
		l.harvest(o, c, got)
	}
	return got
}

// exchange sends a request. A stream is read for some time.
func (l *lab) exchange(o isolatedOperation, r *http.Request) reply {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	res, err := labClient.Do(r.WithContext(ctx))
	if err != nil {
		l.Error(o.id, err)
		return reply{}
	}
	defer res.Body.Close()
	if o.streams {
		defer time.AfterFunc(50*time.Millisecond, cancel).Stop()
	}
	body, err := io.ReadAll(res.Body)
	if err != nil && !(o.streams && errors.Is(err, context.Canceled)) {
		l.Error(o.id, err)
	}
	return reply{res.StatusCode, res.Header, body}
}

var labClient = &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 2 * labsBusy}}

// check looks for what is not the lab's, and reports whether its own secret is there.
func (l *lab) check(what string, content ...[]byte) (own bool) {
	for _, b := range content {
		text := unpacked(b)
		for _, word := range secrets.FindAll(text, -1) {
			if own = own || string(word) == l.secret; string(word) != l.secret {
				l.Errorf("%s %s: %s, a secret of another", l.tenant, what, word)
			}
		}
		l.world.mu.Lock()
		for _, word := range guesses.FindAllString(string(text), -1) {
			if of := l.owners[word]; of != nil && of != l && !l.sent[word] && !l.made[word] {
				l.Errorf("%s %s: %s, which is of %s", l.tenant, what, word, of.tenant)
			}
		}
		l.world.mu.Unlock()
	}
	return own
}

// unpacked returns what stands in an answer, and in the streams and files in it.
func unpacked(b []byte) []byte {
	text := append([]byte{}, b...)
	if z, err := zip.NewReader(bytes.NewReader(b), int64(len(b))); err == nil {
		for _, f := range z.File {
			if r, err := f.Open(); err == nil {
				content, _ := io.ReadAll(io.LimitReader(r, 1<<22))
				text = append(append(text, '\n'), unpacked(content)...)
			}
		}
		return text
	}
	for _, at := range streams.FindAllIndex(b, -1) {
		if r, err := zlib.NewReader(bytes.NewReader(b[at[1]:])); err == nil {
			content, _ := io.ReadAll(io.LimitReader(r, 1<<22))
			text = append(append(text, '\n'), content...)
		}
	}
	return text
}

var streams = regexp.MustCompile(`stream\r?\n`) // of a PDF (ISO 32000-2 §7.3.8)

// harvest remembers what an answer says that the lab has.
func (l *lab) harvest(o isolatedOperation, c call, got reply) {
	l.world.mu.Lock()
	for _, id := range guesses.FindAllString(string(got.body), -1) {
		if l.owners[id] == nil && !l.sent[id] {
			l.owners[id] = l
		}
	}
	l.world.mu.Unlock()
	var body struct {
		ID, Version string
		Deliveries  []struct{ ID string }
		Previews    []struct{ URL string }
	}
	if !strings.Contains(got.header.Get("Content-Type"), "json") || json.Unmarshal(got.body, &body) != nil {
		return
	}
	if o.yields != "" && body.ID != "" {
		l.add(o.yields, body.ID)
	}
	if o.id == "publish-template" && !l.made[c.ref] {
		l.add("version", c.ref+"/versions/"+body.Version)
	}
	for _, d := range body.Deliveries {
		l.add("delivery", d.ID)
	}
	for _, p := range previewFiles.FindAllStringSubmatch(string(got.body), -1) {
		if !l.made[guesses.FindString(p[1])] {
			l.add("preview", p[1])
		}
	}
}

var previewFiles = regexp.MustCompile(`"/v1/templates/([^"]+/previews/[^"]+)"`)

// ask asks for what all labs ask for alike.
func (l *lab) ask() {
	same := call{path: "/v1/documents", body: l.text(nil, ""), header: map[string]string{"Content-Type": "application/json", "Idempotency-Key": "all"}}
	got := l.do(isolatedBy("create-document"), same)
	var d struct{ ID string }
	if err := json.Unmarshal(got.body, &d); err != nil || got.status != http.StatusAccepted {
		l.Errorf("got %d: %s", got.status, got.body)
	}
	l.shared = d.ID
}

// settle has the lab do what it needs before the others may look for it.
func (l *lab) settle() {
	g := rand.New(rand.NewPCG(3, uint64(l.number)))
	l.mu.Lock()
	defer l.mu.Unlock()
	run := func(id, ref string) reply {
		o := isolatedBy(id)
		return l.do(o, o.call(g, l, ref))
	}
	for _, step := range [][2]string{
		{"put-webhook", l.name}, {"put-webhook", "lims"}, {"put-asset", l.name}, {"patch-settings", ""},
		{"publish-template", l.name}, {"publish-template", "record"}, {"activate-template", "record/versions/1.0.2"},
		{"create-document", ""}, {"create-batch", ""},
	} {
		if got := run(step[0], step[1]); got.status/100 != 2 {
			l.Errorf("%s: got %d: %s", step[0], got.status, got.body)
			return
		}
	}
	if l.number == 0 {
		run("approve-template", l.name+"/versions/1.0.1")
		run("activate-template in a wave", l.name+"/versions/1.0.1")
		run("halt-template", l.name+"/versions/1.0.1")
		run("publish-template", "record")
		run("activate-template", "record/versions/1.0.3")
		run("rollback-template", "record")
		run("retire-template", "record/versions/1.0.3")
	}
}

// manifest waits for a document of the lab and returns its manifest.
func (l *lab) manifest(id string) (m platen.Manifest) {
	ctx, cancel := context.WithTimeout(l.Context(), time.Minute)
	defer cancel()
	for ; ctx.Err() == nil; <-time.After(5 * time.Millisecond) {
		l.mu.Lock()
		got := l.do(isolatedBy("get-manifest"), call{path: "/v1/documents/" + id + "/manifest"})
		l.mu.Unlock()
		if got.status == http.StatusOK {
			if err := json.Unmarshal(got.body, &m); err != nil {
				l.Error(err)
			}
			return m
		}
	}
	l.Errorf("%s: document %s is not done", l.tenant, id)
	return m
}

// receive starts the receiver of all webhooks, which have the number of the lab as path.
func (w *world) receive() *receiver {
	r := &receiver{}
	r.Server = httptest.NewTLSServer(http.HandlerFunc(func(out http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		var number int
		if _, err := fmt.Sscanf(q.URL.Path, "/%d", &number); err != nil || number >= len(w.labs) {
			w.Errorf("a notice was sent to %s", q.URL.Path)
			return
		}
		w.labs[number].check("is told of", body)
		if rand.IntN(3) == 0 {
			out.WriteHeader(http.StatusForbidden)
		}
	}))
	w.Cleanup(r.Close)
	w.receiver = r.URL
	return r
}
