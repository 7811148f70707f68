package api_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/dicode/platen/api"
	"github.com/dicode/platen/templates"
)

// zipOf packs files as a tenant does.
func zipOf(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for path, src := range files {
		f, err := z.Create(path)
		if err == nil {
			_, err = f.Write([]byte(src))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// record is a version of the template record, which extends the baseline.
func recordTemplate(t *testing.T, version, partial string) []byte {
	return zipOf(t, map[string]string{
		"template.yaml":        "extends: baseline/batch-record\nname: record\nversion: " + version + "\n",
		"partials/running.hbs": partial,
	})
}

// by sends a request of somebody with these rights and returns the answer.
func (s *server) by(t *testing.T, subject string, scope api.Scope, method, path, kind string, body []byte) reply {
	t.Helper()
	req := s.request(t, method, path, string(body))
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Authorization", "Bearer "+tokenOf(t, "acme", subject, scope))
	return send(t, req)
}

func TestTemplates(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := m.serve(t, options{rules: templates.Rules{Approvals: 1, TwoPersons: true}})
		const zipped, text = "application/zip", "application/json"
		version := func(r reply, state templates.State) {
			t.Helper()
			var v api.Published
			if err := json.Unmarshal(r.body, &v); err != nil || r.status/100 != 2 || v.State != state {
				t.Fatalf("got %d: %s, want %s", r.status, r.body, state)
			}
		}
		publish := func(v string) reply {
			return s.by(t, "ann", api.WriteTemplates, "POST", "/v1/templates/record/versions?reason=CR-1", zipped, recordTemplate(t, v, ""))
		}
		act := func(who string, scope api.Scope, path, body string) reply {
			return s.by(t, who, scope, "POST", "/v1/templates/record/"+path, text, []byte(body))
		}
		version(publish("1.0.0"), templates.StatePublished)
		act("ann", api.WriteTemplates, "versions/1.0.0/activate", "{}").problem(t, http.StatusConflict)
		act("bob", api.WriteTemplates, "versions/1.0.0/approve", `{"name":"Bob B.","meaning":"approval"}`).problem(t, http.StatusForbidden)
		act("ann", api.ApproveTemplates, "versions/1.0.0/approve", `{"name":"Ann A.","meaning":"approval"}`).problem(t, http.StatusForbidden)
		act("bob", api.ApproveTemplates, "versions/1.0.0/approve", `{"name":"Bob B."}`).problem(t, http.StatusUnprocessableEntity)
		version(act("bob", api.ApproveTemplates, "versions/1.0.0/approve", `{"name":"Bob B.","meaning":"approval"}`), templates.StateApproved)
		version(act("ann", api.WriteTemplates, "versions/1.0.0/activate", `{"reason":"CR-1"}`), templates.StateActive)
		act("ann", api.WriteTemplates, "rollback", "{}").problem(t, http.StatusConflict)

		job := request(t, "of the tenant's template")
		job.Template = "record"
		d := s.until(t, s.create(t, job).Id, "done")
		manifest := s.do(t, "GET", "/v1/documents/"+d.Id+"/manifest", "")
		if !strings.Contains(string(manifest.body), `"template":"record"`) {
			t.Errorf("the manifest is %s", manifest.body)
		}
		var list struct{ Templates []api.Template }
		if err := json.Unmarshal(s.by(t, "ann", api.ReadDocuments, "GET", "/v1/templates", text, nil).body, &list); err != nil ||
			len(list.Templates) != 1 || list.Templates[0].Name != "record" || len(list.Templates[0].Versions) != 1 {
			t.Errorf("the list is %+v, %v", list, err)
		}
	})
}

func TestBadTemplates(t *testing.T) {
	s := modes[0].serve(t, options{})
	for name, test := range map[string]struct {
		path string
		body []byte
		want int
		says string
	}{
		"no zip":       {"record", []byte("{}"), 422, "zip"},
		"another name": {"other", recordTemplate(t, "1.0.0", ""), 422, "the same"},
		"bad syntax":   {"record", recordTemplate(t, "1.0.0", "{{#if x}}"), 422, "partials/running.hbs:1:"},
		"bad helper":   {"record", recordTemplate(t, "1.0.0", "{{frobnicate 1}}"), 422, "frobnicate"},
		"bad contract": {"record", zipOf(t, map[string]string{"template.yaml": "name: record\nversion: 1.0.0\ncontract: none/1\n", "document.hbs": "x"}), 422, "none/1"},
		"bad name":     {"-", recordTemplate(t, "1.0.0", ""), 422, "the same"},
	} {
		t.Run(name, func(t *testing.T) {
			r := s.by(t, "ann", api.WriteTemplates, "POST", "/v1/templates/"+test.path+"/versions", "application/zip", test.body)
			if r.problem(t, test.want); !strings.Contains(string(r.body), test.says) {
				t.Errorf("got %s, want %q in it", r.body, test.says)
			}
		})
	}
	if r := s.by(t, "ann", api.ReadDocuments, "GET", "/v1/templates", "", nil); strings.TrimSpace(string(r.body)) != `{"templates":[]}` {
		t.Errorf("there is %s", r.body)
	}
	s.by(t, "ann", api.ReadDocuments, "GET", "/v1/templates/record", "", nil).problem(t, http.StatusNotFound)
	s.by(t, "ann", api.ReadDocuments, "POST", "/v1/templates/record/versions", "application/zip", nil).problem(t, http.StatusForbidden)
}
