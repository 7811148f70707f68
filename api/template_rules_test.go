package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/dicode/platen/api"
	"github.com/dicode/platen/templates"
)

// Two people approve, in the tenant's meanings, and nothing is done without a reason.
func TestTemplateRules(t *testing.T) {
	s := modes[0].serve(t, options{waiting: true, rules: templates.Rules{Approvals: 2, TwoPersons: true, Meanings: []string{"Reviewed", "Approved"}, Reasons: true}})
	publish := "/v1/templates/record/versions"
	s.by(t, "ann", api.WriteTemplates, "POST", publish, "application/zip", recordTemplate(t, "1.0.0", "")).problem(t, http.StatusUnprocessableEntity)
	if r := s.by(t, "ann", api.WriteTemplates, "POST", publish+"?reason=CR-1", "application/zip", recordTemplate(t, "1.0.0", "")); r.status != http.StatusCreated {
		t.Fatalf("got %d: %s", r.status, r.body)
	}
	for _, step := range []struct {
		who, scope, act, body string
		status                int
		says                  string
	}{
		{"ann", "write", "activate", `{"reason":"CR-1"}`, 409, "has 0 of the 2 approvals"},
		{"ann", "approve", "approve", `{"name":"Ann A.","meaning":"Approved","reason":"CR-1"}`, 403, "ask somebody else"},
		{"bob", "write", "approve", `{"name":"Bob B.","meaning":"Approved","reason":"CR-1"}`, 403, "templates:approve"},
		{"bob", "approve", "approve", `{"name":"Bob B.","meaning":"ok","reason":"CR-1"}`, 422, "Reviewed, Approved"},
		{"bob", "approve", "approve", `{"name":"Bob B.","meaning":"Reviewed"}`, 422, "reason"},
		{"bob", "approve", "approve", `{"name":"Bob B.","meaning":"Reviewed","reason":"CR-1"}`, 200, `"approved"`},
		{"bob", "approve", "approve", `{"name":"Bob B.","meaning":"Approved","reason":"CR-1"}`, 409, "already"},
		{"ann", "write", "activate", `{"reason":"CR-1"}`, 409, "has 1 of the 2 approvals"},
		{"carl", "approve", "approve", `{"name":"Carl C.","meaning":"Approved","reason":"CR-1"}`, 200, `"Carl C."`},
		{"ann", "write", "activate", `{}`, 422, "reason"},
		{"ann", "write", "activate", `{"reason":"CR-1"}`, 200, `"active"`},
	} {
		r := s.by(t, step.who, api.Scope("templates:"+step.scope), "POST", publish+"/1.0.0/"+step.act, "application/json", []byte(step.body))
		if r.status != step.status || !strings.Contains(string(r.body), step.says) {
			t.Errorf("%s by %s with %s: got %d: %s, want %d and %q", step.act, step.who, step.body, r.status, r.body, step.status, step.says)
		}
	}
}
