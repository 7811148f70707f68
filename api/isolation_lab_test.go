package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/api"
)

// A lab is a tenant, with what it has.
type lab struct {
	*world
	number               int
	tenant, name, secret string
	authorization        string
	shared               string // id of the document that all have asked for

	mu      sync.Mutex // held by who acts as the tenant
	version int        // of the latest template

	// With the lock of the world, too.
	has  map[string][]string
	sent map[string]bool // ids and names that it has guessed
	made map[string]bool // names that were another's and are now its own, too
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
	l.guess(fmt.Sprint(c.path, c.header, c.body))
	got := l.exchange(o, r)
	if got.status >= 500 || o.refused != 0 && got.status != o.refused {
		l.Errorf("%s as %s: got %d: %.500s", o.id, l.tenant, got.status, got.body)
	}
	own := l.check(fmt.Sprint(o.id, " answers ", got.status), []byte(fmt.Sprint(got.header)), got.body)
	l.count(o.id, got.status, own)
	if err := shielded(got); err != nil {
		l.Errorf("%s: %d: %v", o.id, got.status, err)
	}
	if got.status/100 == 2 {
		l.harvest(o, c, got)
	}
	return got
}

// guess remembers what the lab sends of others: it may come back.
func (l *lab) guess(sent string) {
	l.world.mu.Lock()
	defer l.world.mu.Unlock()
	for _, word := range guesses.FindAllString(sent, -1) {
		l.sent[word] = true
	}
}

// count counts an answer.
func (w *world) count(id string, status int, own bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.answers[id] == nil {
		w.answers[id] = map[int]int{}
	}
	w.answers[id][status/100]++
	if own {
		w.own[id]++
	}
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
