package api_test

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
)

// What belongs to a tenant is told by its form: secrets stand in what a tenant stores and
// nobody else ever sends them; ids and names may be guessed.
var (
	secrets = regexp.MustCompile(`zq\d{3}x[0-9a-f]{8}`)
	guesses = regexp.MustCompile(`\blab-\d{3}\b|n\d{3}x[0-9a-f]{8}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}`)
)

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
