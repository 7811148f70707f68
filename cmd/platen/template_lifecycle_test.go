package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/dicode/platen/client"
	"github.com/dicode/platen/templates"
)

// A lab is the tenant default of a plant, with a template of its own.
type lab struct {
	*testing.T
	*plant
	api     *client.ClientWithResponses
	library *templates.Library
	bundles map[string]string // digests, by version
	jobs    int
}

var ann = templates.Act{By: "ann"}

// newLab starts a plant and opens its bucket beside it, as another process does.
func newLab(t *testing.T, distributed bool) *lab {
	i := startPlant(t, distributed)
	store := storeFlags{Bucket: i.bucket, Keys: testKeys()}
	if distributed {
		store.S3 = s3Flags{AccessKey: i.value("PLATEN_S3_ACCESS_KEY"), SecretKey: i.value("PLATEN_S3_SECRET_KEY")}
	}
	bucket, closeBucket, err := store.open(t.Context(), streams{err: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeBucket() })
	api, err := client.NewClientWithResponses(i.url)
	if err != nil {
		t.Fatal(err)
	}
	return &lab{t, i, api, templates.NewLibrary(bucket, rulesIn(bucket), time.Now, libraryBytes), map[string]string{}, 0}
}

// value is that of a variable of the processes.
func (i *plant) value(name string) string {
	for _, v := range i.env {
		if value, ok := strings.CutPrefix(v, name+"="); ok {
			return value
		}
	}
	return ""
}

// publish publishes a version of the template record and has a part of the jobs use
// it, or all.
func (l *lab) publish(version, body string, wave *templates.Wave) {
	l.Helper()
	b, err := templates.OpenFS(fstest.MapFS{
		"template.yaml": {Data: []byte("name: record\ncontract: batch-record/1\nversion: " + version + "\n")},
		"document.hbs":  {Data: []byte(`<!DOCTYPE html><html lang="en"><head><title>t</title></head><body>` + body + `</body></html>`)},
	})
	if err != nil {
		l.Fatal(err)
	}
	if _, err := l.library.Publish(l.Context(), "default", b, ann); err != nil {
		l.Fatal(err)
	}
	if _, err := l.library.Activate(l.Context(), "default", "record", version, wave, ann); err != nil {
		l.Fatal(err)
	}
	l.bundles[b.Digest()] = version
}

// render has a document made, and returns its state and the version of its template.
func (l *lab) render() (state client.DocumentState, version string) {
	l.Helper()
	l.jobs++
	data, err := os.ReadFile("../../testdata/data/tablet-2p.json")
	if err != nil {
		l.Fatal(err)
	}
	wait := "wait=60"
	res, err := l.api.CreateDocumentWithResponse(l.Context(), &client.CreateDocumentParams{Prefer: &wait}, client.Request{
		Template: "record", Data: json.RawMessage(data), Issue: client.IssueBlock{By: "QA", Reason: fmt.Sprint(l.jobs)},
	})
	if err != nil || res.JSON200 == nil {
		l.Fatalf("%v: %s\n%s", err, res.Body, l.log(l.T))
	}
	if res.JSON200.State != client.DocumentStateDone {
		return res.JSON200.State, ""
	}
	manifest, err := l.api.GetManifestWithResponse(l.Context(), res.JSON200.Id)
	if err != nil {
		l.Fatal(err)
	}
	var m struct{ Inputs struct{ Bundle string } }
	if err := json.Unmarshal(manifest.Body, &m); err != nil {
		l.Fatal(err)
	}
	return res.JSON200.State, l.bundles[m.Inputs.Bundle]
}

// last returns the last entry of the template's log.
func (l *lab) last() templates.Entry {
	l.Helper()
	h, err := l.library.History(l.Context(), "default", "record")
	if err != nil {
		l.Fatal(err)
	}
	return h[len(h)-1]
}

func eachPlant(t *testing.T, test func(*lab)) {
	for name, distributed := range map[string]bool{"embedded": false, "Redis and S3": true} {
		t.Run(name, func(t *testing.T) { test(newLab(t, distributed)) })
	}
}

// A version that fails for its part of the jobs is halted, and all get the one before.
func TestWaveThatFailsIsHalted(t *testing.T) {
	eachPlant(t, func(l *lab) {
		l.publish("1.0.0", "good", nil)
		l.publish("2.0.0", "{{number record.id}}", &templates.Wave{Share: .5}) // no number
		for l.last().Action != templates.Halted {
			if l.render(); l.jobs > 60 {
				l.Fatalf("after %d jobs the log ends in %+v", l.jobs, l.last())
			}
		}
		if e := l.last(); e.By != "platen" || e.Version != "2.0.0" || !strings.Contains(e.Reason, "jobs failed") {
			l.Errorf("it was halted by %+v", e)
		}
		for range 5 {
			if state, version := l.render(); state != client.DocumentStateDone || version != "1.0.0" {
				l.Errorf("a job with version %s is %s", version, state)
			}
		}
	})
}

// A second after a roll back, in another process than those that render, no job gets
// the version any more.
func TestRollbackCountsWithinASecond(t *testing.T) {
	eachPlant(t, func(l *lab) {
		l.publish("1.0.0", "old", nil)
		l.publish("2.0.0", "new", nil)
		if _, version := l.render(); version != "2.0.0" {
			l.Fatalf("a job gets version %s", version)
		}
		if _, err := l.library.Rollback(l.Context(), "default", "record", ann); err != nil {
			l.Fatal(err)
		}
		for done := time.Now(); ; {
			begun := time.Since(done)
			if _, version := l.render(); version == "1.0.0" {
				break
			} else if begun > time.Second {
				l.Fatalf("%v after the roll back a job gets version %s", begun, version)
			}
		}
		if _, version := l.render(); version != "1.0.0" {
			l.Errorf("a later job gets version %s", version)
		}
	})
}
