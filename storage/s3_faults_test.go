package storage_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/storage/storagetest"
)

// A fault stands between a bucket and its server.
type fault func(*http.Request) (*http.Response, error)

func (f fault) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// next sends a request to the server.
func next(r *http.Request) (*http.Response, error) { return http.DefaultTransport.RoundTrip(r) }

// answer is a refusal of S3.
func answer(r *http.Request, status int, code, message string) *http.Response {
	body := fmt.Sprintf("<Error><Code>%s</Code><Message>%s</Message></Error>", code, message)
	if r.Method == http.MethodHead {
		body = ""
	}
	return &http.Response{
		StatusCode: status, Status: fmt.Sprint(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"application/xml"}, "Last-Modified": {"Mon, 02 Mar 2026 15:04:05 GMT"}}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
	}
}

// faulty returns a bucket whose first n requests meet f, and the count of all.
func faulty(t *testing.T, cfg storage.S3Config, n int64, f fault) (*storage.S3, *atomic.Int64) {
	t.Helper()
	var count atomic.Int64
	cfg.Transport = fault(func(r *http.Request) (*http.Response, error) {
		if count.Add(1) <= n {
			return f(r)
		}
		return next(r)
	})
	return openS3(t, cfg), &count
}

const always = 1 << 40

// methods calls each method once, on the key "there", which exists, or on one that does not.
func methods(ctx context.Context, b storage.Bucket) map[string]func() error {
	return map[string]func() error{
		"Put":    func() error { return b.Put(ctx, "new", []byte("value")) },
		"Delete": func() error { return b.Delete(ctx, "there") },
		"Get": func() error {
			value, err := b.Get(ctx, "there")
			if err == nil && string(value) != "value" {
				return fmt.Errorf("Get returned %q", value)
			}
			return err
		},
		"List": func() error {
			for _, err := range b.List(ctx, "") {
				if err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func TestS3Refusals(t *testing.T) {
	t.Parallel()
	tests := []struct {
		status int
		code   string
		kind   platen.Kind
		says   string
		tries  int64
	}{
		{503, "SlowDown", platen.Busy, "too much to do", 5},
		{503, "ServiceUnavailable", platen.Busy, "try again", 5},
		{503, "", platen.Busy, "try again", 5},
		{429, "TooManyRequests", platen.Busy, "try again", 5},
		{502, "", platen.Busy, "try again", 5},
		{500, "InternalError", platen.Internal, "look into its log", 5},
		{403, "AccessDenied", platen.Internal, "allow s3:GetObject", 1},
		{403, "InvalidAccessKeyId", platen.Internal, "correct the credentials", 1},
		{403, "SignatureDoesNotMatch", platen.Internal, "correct the credentials", 1},
		{403, "RequestTimeTooSkewed", platen.Internal, "clocks of this machine and of the store", 1},
		{403, "QuotaExceeded", platen.Busy, "free some room", 1},
		{400, "ExpiredToken", platen.Internal, "renew", 1},
		{404, "NoSuchBucket", platen.Internal, "there is no bucket platen at http://127.0.0.1", 1},
		{301, "PermanentRedirect", platen.Internal, "region", 1},
		{400, "AuthorizationHeaderMalformed", platen.Internal, "region", 1},
		{501, "NotImplemented", platen.Internal, "lacks a part of S3", 1},
		{418, "Teapot", platen.Internal, "418 Teapot (I am one): see that an S3 server is at", 1},
	}
	for _, test := range tests {
		for _, op := range []string{"Put", "Get", "List"} { // Delete begins with HEAD, whose refusals have no words
			synctest.Test(t, func(t *testing.T) { // no time passes
				b, count := faulty(t, nowhere, always, func(r *http.Request) (*http.Response, error) {
					return answer(r, test.status, test.code, "I am one"), nil
				})
				wantErr(t, fmt.Sprintf("%s, %d %s", op, test.status, test.code), methods(t.Context(), b)[op](), test.kind, test.says)
				if count.Load() != test.tries {
					t.Errorf("%s, %d %s: sent %d times, want %d", op, test.status, test.code, count.Load(), test.tries)
				}
			})
		}
	}
}

// nowhere is a bucket of which no server knows.
var nowhere = storage.S3Config{Bucket: "platen", Endpoint: "http://127.0.0.1:1", Region: "us-east-1", AccessKey: "k", SecretKey: "s"}

func TestS3RefusalOfDelete(t *testing.T) {
	t.Parallel()
	for status, kind := range map[int]platen.Kind{403: platen.Internal, 500: platen.Busy, 503: platen.Busy} {
		synctest.Test(t, func(t *testing.T) {
			b, _ := faulty(t, nowhere, always, func(r *http.Request) (*http.Response, error) { return answer(r, status, "", ""), nil })
			wantErr(t, fmt.Sprint("Delete, HEAD says ", status), b.Delete(t.Context(), "there"), kind, "")
			b, _ = faulty(t, nowhere, always, func(r *http.Request) (*http.Response, error) {
				if r.Method == http.MethodHead {
					return answer(r, http.StatusOK, "", ""), nil
				}
				return answer(r, status, "SlowDown", ""), nil
			})
			wantErr(t, fmt.Sprint("Delete says SlowDown by ", status), b.Delete(t.Context(), "there"), platen.Busy, "too much to do")
		})
	}
}

func wantGet(t *testing.T, b storage.Bucket, key, want string) {
	t.Helper()
	if got, err := b.Get(t.Context(), key); err != nil || string(got) != want {
		t.Errorf("Get(%q) = %.40q, %v, want %q", key, got, err, want)
	}
}

// What passes after two attempts is not seen by the caller.
func TestS3FaultsThatPass(t *testing.T) {
	t.Parallel()
	faults := map[string]fault{
		"SlowDown": func(r *http.Request) (*http.Response, error) { return answer(r, 503, "SlowDown", ""), nil },
		"500":      func(r *http.Request) (*http.Response, error) { return answer(r, 500, "InternalError", ""), nil },
		"409": func(r *http.Request) (*http.Response, error) {
			return answer(r, 409, "ConditionalRequestConflict", ""), nil
		},
		"reset":     func(*http.Request) (*http.Response, error) { return nil, errors.New("read: connection reset by peer") },
		"cut":       func(*http.Request) (*http.Response, error) { return nil, io.EOF },
		"PUT cut":   cutRequest,
		"damaged":   damageRequest,
		"body cut":  cutAnswer,
		"body else": damageAnswer,
		"lost":      loseAnswer,
	}
	empty := emptyS3(storagetest.S3(t))
	for name, f := range faults {
		for op := range methods(t.Context(), nil) {
			if name == "409" && op == "Delete" || name == "body else" && op == "List" {
				continue // S3 does not say that; a list has no digest
			}
			plain, cfg := empty(t)
			t.Run(name+" "+op, func(t *testing.T) {
				t.Parallel()
				mustPut(t, plain, "there", "value")
				b, _ := faulty(t, cfg, 2, f)
				if err := methods(t.Context(), b)[op](); err != nil {
					t.Error(err)
				}
				if op == "Put" {
					wantGet(t, plain, "new", "value")
				}
			})
		}
	}
}

// cutRequest sends half of the body.
func cutRequest(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		return nil, io.ErrUnexpectedEOF
	}
	half := io.LimitReader(r.Body, r.ContentLength/2)
	io.Copy(io.Discard, half)
	return nil, io.ErrUnexpectedEOF
}

// damageRequest changes a byte of the body.
func damageRequest(r *http.Request) (*http.Response, error) {
	if r.Body == nil || r.ContentLength == 0 {
		return next(r)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	body[0] ^= 1
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(bytes.NewReader(body))
	return next(r)
}

// changeAnswer passes the body of an answer of GET through change.
func changeAnswer(r *http.Request, change func([]byte) io.Reader) (*http.Response, error) {
	answer, err := next(r)
	if err != nil || r.Method != http.MethodGet || answer.StatusCode != http.StatusOK {
		return answer, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	answer.Body = io.NopCloser(change(body))
	return answer, err
}

func cutAnswer(r *http.Request) (*http.Response, error) {
	return changeAnswer(r, func(body []byte) io.Reader {
		return io.MultiReader(bytes.NewReader(body[:len(body)/2]), broken{})
	})
}

// broken is the rest of a connection that was cut.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func damageAnswer(r *http.Request) (*http.Response, error) {
	return changeAnswer(r, func(body []byte) io.Reader {
		body[0] ^= 1
		return bytes.NewReader(body)
	})
}

// loseAnswer lets the server do it and cuts the connection then.
func loseAnswer(r *http.Request) (*http.Response, error) {
	answer, err := next(r)
	if err == nil {
		io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
	}
	return nil, io.EOF
}

func TestS3FaultsThatStay(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		fault fault
		op    string
		kind  platen.Kind
		says  string
	}{
		{"cut", func(*http.Request) (*http.Response, error) { return nil, io.EOF }, "Put", platen.Busy, "was cut"},
		{"PUT cut", cutRequest, "Put", platen.Busy, "was cut"},
		{"PUT damaged", damageRequest, "Put", platen.Internal, "damaged on its way"},
		{"GET cut", cutAnswer, "Get", platen.Busy, "was cut"},
		{"GET damaged", damageAnswer, "Get", platen.Internal, "not what was put"},
		{"list cut", cutAnswer, "List", platen.Busy, "was cut"},
		{"409", func(r *http.Request) (*http.Response, error) {
			if r.Method == http.MethodPut {
				return answer(r, 409, "ConditionalRequestConflict", ""), nil
			}
			return next(r)
		}, "Put", platen.Busy, "try again"},
	}
	empty := emptyS3(storagetest.S3(t))
	for _, test := range tests {
		plain, cfg := empty(t)
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			mustPut(t, plain, "there", "value")
			b, _ := faulty(t, cfg, always, test.fault)
			wantErr(t, test.op, methods(t.Context(), b)[test.op](), test.kind, test.says)
			if got := listAll(t, plain, ""); len(got) != 1 {
				t.Errorf("the bucket holds %q, want what it held", got)
			}
		})
	}
}

// The answer to a Delete is lost, and somebody puts the key anew before it is sent again.
func TestS3DeleteSparesWhatIsNew(t *testing.T) {
	t.Parallel()
	cfg := storagetest.S3(t)
	plain := openS3(t, cfg)
	mustPut(t, plain, "pending/1", "old")
	lost := false
	b, _ := faulty(t, cfg, always, func(r *http.Request) (*http.Response, error) {
		if r.Method != http.MethodDelete || lost {
			return next(r)
		}
		lost = true
		answer, err := loseAnswer(r)
		mustPut(t, plain, "pending/1", "new")
		return answer, err
	})
	if err := b.Delete(t.Context(), "pending/1"); err != nil {
		t.Error(err)
	}
	wantGet(t, plain, "pending/1", "new")
}

// All attempts reach the server and no answer comes back: the value is there, and
// somebody who puts it again is told so.
func TestS3PutWithoutAnswer(t *testing.T) {
	t.Parallel()
	cfg := storagetest.S3(t)
	b, _ := faulty(t, cfg, always, loseAnswer)
	wantErr(t, "Put", b.Put(t.Context(), "a", []byte("value")), platen.Busy, "")
	plain := openS3(t, cfg)
	wantGet(t, plain, "a", "value")
	wantErr(t, "the second Put", plain.Put(t.Context(), "a", []byte("other")), platen.Conflict, "written once")
}

func TestS3SlowServer(t *testing.T) {
	t.Parallel()
	hang := func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	hangInBody := func(r *http.Request) (*http.Response, error) {
		return changeAnswer(r, func(body []byte) io.Reader {
			return io.MultiReader(bytes.NewReader(body[:1]), waiting{r.Context()})
		})
	}
	cfg := storagetest.S3(t)
	mustPut(t, openS3(t, cfg), "there", "value")
	for name, f := range map[string]fault{"head": hang, "body": hangInBody} {
		for op := range methods(t.Context(), nil) {
			if name == "body" && op != "Get" && op != "List" {
				continue
			}
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			b, _ := faulty(t, cfg, always, f)
			start := time.Now()
			err := methods(ctx, b)[op]()
			cancel()
			wantErr(t, op+", slow "+name, err, platen.Busy, "too slow for the time limit")
			if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 5*time.Second {
				t.Errorf("%s, slow %s: %v after %s, want DeadlineExceeded soon after 50ms", op, name, err, time.Since(start))
			}
		}
	}
}

// waiting is the body of a server that has stopped sending.
type waiting struct{ ctx context.Context }

func (w waiting) Read([]byte) (int, error) {
	<-w.ctx.Done()
	return 0, w.ctx.Err()
}

// Canceled while it waits between two attempts.
func TestS3CanceledBetweenAttempts(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	b, count := faulty(t, nowhere, always,
		func(r *http.Request) (*http.Response, error) {
			cancel()
			return answer(r, 503, "SlowDown", ""), nil
		})
	err := b.Put(ctx, "a", nil)
	if platen.KindOf(err) != platen.Busy || !errors.Is(err, context.Canceled) || count.Load() != 1 {
		t.Errorf("%v after %d attempts, want Busy and Canceled after one", err, count.Load())
	}
}

func TestS3Unreachable(t *testing.T) {
	t.Parallel()
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	t.Cleanup(secure.Close)
	gateway := storagetest.S3(t)
	host := strings.TrimPrefix(gateway.Endpoint, "http://")
	tests := []struct {
		name   string
		change func(*storage.S3Config)
		kind   platen.Kind
		says   string
	}{
		{"nobody listens", func(c *storage.S3Config) { c.Endpoint = "http://127.0.0.1:1" }, platen.Busy, "http://127.0.0.1:1 cannot be reached"},
		{"no such name", func(c *storage.S3Config) { c.Endpoint = "http://store.invalid" }, platen.Busy, "could not be looked up"},
		{"TLS to a plain server", func(c *storage.S3Config) { c.Endpoint = host }, platen.Internal, "does not speak TLS"},
		{"plain to a TLS server", func(c *storage.S3Config) { c.Endpoint = strings.Replace(secure.URL, "https", "http", 1) }, platen.Internal, "speaks TLS"},
		{"unknown certificate", func(c *storage.S3Config) { c.Endpoint = secure.URL }, platen.Internal, "SSL_CERT_FILE"},
		{"no such bucket", func(c *storage.S3Config) { c.Bucket = "nothing" }, platen.Internal, "there is no bucket nothing at http://127.0.0.1"},
		{"wrong secret", func(c *storage.S3Config) { c.SecretKey = "wrong" }, platen.Internal, "its secret is another one"},
		{"unknown key", func(c *storage.S3Config) { c.AccessKey = "wrong" }, platen.Internal, "does not know the access key wrong"},
		{"wrong region", func(c *storage.S3Config) { c.Region = "eu-central-1" }, platen.Internal, "region="},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			cfg := gateway
			test.change(&cfg)
			b := openS3(t, cfg)
			calls := methods(t.Context(), b)
			calls["Prove"] = func() error { return b.Prove(t.Context()) }
			delete(calls, "Delete") // its HEAD is refused without words
			if test.kind == platen.Busy || test.name == "plain to a TLS server" {
				calls = map[string]func() error{"Get": calls["Get"]} // the others would take long, or meet a reset
			}
			for op, call := range calls {
				err := call()
				wantErr(t, op, err, test.kind, test.says)
				if err != nil && strings.Contains(err.Error(), gateway.SecretKey) {
					t.Errorf("%s shows the secret: %v", op, err)
				}
			}
		})
	}
}

func TestS3FindsRegion(t *testing.T) {
	t.Parallel()
	cfg := storagetest.S3(t)
	cfg.Region = ""
	b := openS3(t, cfg)
	mustPut(t, b, "a", "value")
	wantGet(t, b, "a", "value")
}

// ownEnvironment takes away what the environment says of credentials. It names a place on
// loopback for the role of a container, so that no other is asked for.
func ownEnvironment(t *testing.T) {
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY", "AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY", "AWS_SESSION_TOKEN",
		"AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_PROFILE"} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", t.TempDir()+"/none")
	t.Setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/none")
}

func TestS3CredentialsOfEnvironment(t *testing.T) {
	cfg := storagetest.S3(t)
	ownEnvironment(t)
	t.Setenv("AWS_ACCESS_KEY_ID", cfg.AccessKey)
	t.Setenv("AWS_SECRET_ACCESS_KEY", cfg.SecretKey)
	cfg.AccessKey, cfg.SecretKey = "", ""
	b := openS3(t, cfg)
	mustPut(t, b, "a", "value")
	if _, err := b.Presign(t.Context(), "a", time.Minute, "a"); err != nil {
		t.Error(err)
	}
}

func TestS3NoCredentials(t *testing.T) {
	cfg := storagetest.S3(t)
	ownEnvironment(t)
	cfg.AccessKey, cfg.SecretKey = "", ""
	for op, call := range methods(t.Context(), openS3(t, cfg)) {
		wantErr(t, op, call(), platen.Internal, "AWS_ACCESS_KEY_ID")
	}
}
