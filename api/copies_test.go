package api_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/api"
	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/client"
)

// issue issues a copy of a document to a recipient.
func (s *server) issue(t *testing.T, id, key string, r client.CopyRequest) (*client.Copy, int) {
	t.Helper()
	params := &client.CreateCopyParams{}
	if key != "" {
		params.IdempotencyKey = &key
	}
	res := must(s.CreateCopyWithResponse(t.Context(), id, params, r))(t)
	if res.JSON201 != nil {
		if want := fmt.Sprintf("/v1/documents/%s/copies/%d", id, res.JSON201.Number); res.HTTPResponse.Header.Get("Location") != want {
			t.Errorf("got the location %s, want %s", res.HTTPResponse.Header.Get("Location"), want)
		}
		return res.JSON201, res.StatusCode()
	}
	return res.JSON200, res.StatusCode()
}

func TestCopies(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := m.serve(t, options{})
		d := s.done(t, request(t, "for copies"))
		line := client.CopyRequest{Status: "CONTROLLED COPY", Recipient: "Line 3"}
		one, status := s.issue(t, d.Id, "", line)
		if one == nil || status != http.StatusCreated || one.Number != 1 || one.By != "lims" || one.Original != d.Document.Sha256 || string(one.State) != "issued" {
			t.Fatalf("got %d: %+v", status, one)
		}
		for range 2 {
			if again, _ := s.issue(t, d.Id, "two", line); again == nil || again.Number != 2 {
				t.Fatalf("repeated with its key: %+v", again)
			}
		}
		other := line
		other.Recipient = "Line 4"
		if _, status := s.issue(t, d.Id, "two", other); status != http.StatusUnprocessableEntity {
			t.Errorf("the key of another copy: got %d", status)
		}
		if _, status := s.issue(t, d.Id, "", client.CopyRequest{Status: "CONTROLLED COPY"}); status != http.StatusUnprocessableEntity {
			t.Errorf("without a recipient: got %d", status)
		}
		of := path(d.Id) + "/copies"
		content := s.do(t, http.MethodGet, of+"/1/content", "")
		if content.status != http.StatusOK || platen.Digest(content.body) != one.Sha256 || content.header.Get("Content-Type") != pdfType {
			t.Errorf("got %d, %v", content.status, content.header)
		}

		// The QR code leads to an answer for those who may read, and to none for others.
		found := copiesOf + one.Id + "?sha256=" + one.Original
		if got := s.do(t, http.MethodGet, found, ""); got.status != http.StatusOK || !strings.HasPrefix(string(got.body), `{"valid":true,`) {
			t.Errorf("got %d: %s", got.status, got.body)
		}
		r := s.request(t, http.MethodGet, found, "")
		r.Header.Del("Authorization")
		send(t, r).problem(t, http.StatusUnauthorized)
		missing := s.do(t, http.MethodGet, copiesOf+one.Id+"?sha256="+strings.Repeat("0", 64), "").problem(t, http.StatusNotFound)
		foreign := s.request(t, http.MethodGet, found, "")
		foreign.Header.Set("Authorization", "Bearer "+token(t, "globex", api.ReadDocuments, api.WriteDocuments))
		if p := send(t, foreign).problem(t, http.StatusNotFound); p.Detail != missing.Detail {
			t.Errorf("another's copy is told of as %q, and nobody's as %q", p.Detail, missing.Detail)
		}
		for _, address := range []string{of, of + "/1", of + "/1/content"} {
			r := s.request(t, http.MethodGet, address, "")
			r.Header.Set("Authorization", foreign.Header.Get("Authorization"))
			send(t, r).problem(t, http.StatusNotFound)
		}

		// The register.
		if got := s.do(t, http.MethodPost, of+"/1/return", `{"reason":"line closed"}`, "Content-Type", "application/json"); got.status != http.StatusOK || !strings.Contains(string(got.body), `"state":"returned"`) {
			t.Errorf("got %d: %s", got.status, got.body)
		}
		s.do(t, http.MethodPost, of+"/1/destroy", `{}`, "Content-Type", "application/json")
		s.do(t, http.MethodPost, of+"/1/return", `{}`, "Content-Type", "application/json")
		s.do(t, http.MethodPost, of+"/7/return", `{}`, "Content-Type", "application/json").problem(t, http.StatusNotFound)
		s.do(t, http.MethodPost, of+"/2/destroy", `{}`, "Content-Type", "application/json")
		s.do(t, http.MethodPost, of+"/2/return", `{}`, "Content-Type", "application/json").problem(t, http.StatusConflict)
		s.issue(t, d.Id, "", client.CopyRequest{Status: "DRAFT", Recipient: "=HYPERLINK(1)"})
		list := func(query string) (numbers []int64, next string) {
			got := must(s.ListCopiesWithResponse(t.Context(), nil, func(_ context.Context, r *http.Request) error { r.URL.RawQuery = query; return nil }))(t)
			if got.JSON200 == nil {
				t.Fatalf("got %s: %s", got.Status(), got.Body)
			}
			for _, c := range got.JSON200.Copies {
				numbers = append(numbers, c.Number)
			}
			return numbers, got.JSON200.Next
		}
		for query, want := range map[string]string{
			"": "[1 2 3]", "outstanding=true": "[3]", "state=destroyed": "[1 2]", "status=DRAFT": "[3]", "recipient=Line+3": "[1 2]", "limit=2": "[1 2]",
		} {
			if got, _ := list(query); fmt.Sprint(got) != want {
				t.Errorf("%s: got %v, want %s", query, got, want)
			}
		}
		if _, next := list("limit=2"); next == "" {
			t.Error("there is no next page")
		} else if got, last := list("limit=2&after=" + url.QueryEscape(next)); fmt.Sprint(got) != "[3]" || last != "" {
			t.Errorf("the next page has %v, and %q", got, last)
		}
		export := s.do(t, http.MethodGet, "/v1/copies.csv", "")
		rows, err := csv.NewReader(strings.NewReader(string(export.body))).ReadAll()
		if err != nil || len(rows) != 4 || rows[3][7] != "'=HYPERLINK(1)" {
			t.Errorf("got %d: %v: %v", export.status, err, rows)
		}

		// What is superseded.
		if got := s.do(t, http.MethodPost, path(d.Id)+"/supersede", `{"reason":"version 2"}`, "Content-Type", "application/json"); got.status != http.StatusOK {
			t.Errorf("got %d: %s", got.status, got.body)
		}
		if _, status := s.issue(t, d.Id, "", line); status != http.StatusConflict {
			t.Errorf("a copy of what is superseded: got %d", status)
		}
		two := must(s.GetCopyWithResponse(t.Context(), d.Id, 3))(t).JSON200
		if got := s.do(t, http.MethodGet, copiesOf+two.Id+"?sha256="+two.Original, ""); !strings.HasPrefix(string(got.body), `{"valid":false,`) {
			t.Errorf("a copy of what is superseded: %s", got.body)
		}
		trail := actions(s.trail(t, ""))
		for _, a := range []audit.Action{audit.CopyIssued, audit.CopyRead, audit.CopyReturned, audit.CopyDestroyed, audit.CopyVerified, audit.CopiesExported, audit.DocumentSuperseded} {
			if !strings.Contains(strings.Join(trail, " "), string(a)) {
				t.Errorf("the trail does not have %s", a)
			}
		}
	})
}

const copiesOf = "/v1/copies/"
