package api_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"testing"
	"time"

	openapi "github.com/oapi-codegen/runtime/types"

	"github.com/dicode/platen/api"
	"github.com/dicode/platen/client"
)

func ids(page *client.Page) (list []string) {
	for _, d := range page.Documents {
		list = append(list, d.Id)
	}
	return list
}

func TestListPages(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := m.serve(t, options{waiting: true})
		var want []string
		for i := range 7 {
			want = append(want, s.create(t, request(t, fmt.Sprint(i))).Id)
		}
		slices.Reverse(want) // the newest first

		var got []string
		next := regexp.MustCompile(`^<(/v1/documents\?[^>]+)>; rel="next"$`)
		for path := "/v1/documents?limit=3&state=queued&template=baseline%2Fbatch-record"; path != ""; {
			r := s.do(t, "GET", path, "")
			page, err := client.ParseListDocumentsResponse(&http.Response{StatusCode: r.status, Header: r.header, Body: io.NopCloser(bytes.NewReader(r.body))})
			if err != nil || page.JSON200 == nil || len(page.JSON200.Documents) > 3 {
				t.Fatalf("%v: got %d: %s", err, r.status, r.body)
			}
			got = append(got, ids(page.JSON200)...)
			link := next.FindStringSubmatch(r.header.Get("Link"))
			if (link == nil) != (page.JSON200.Next == "") {
				t.Errorf("next is %q, Link %q", page.JSON200.Next, r.header.Get("Link"))
			}
			if path = ""; link != nil {
				path = link[1]
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		if r := s.do(t, "GET", "/v1/documents?limit=7", ""); r.header.Get("Link") != "" {
			t.Errorf("the only page has the next one %s", r.header.Get("Link"))
		}
	})
}

func TestListFilters(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := m.serve(t, options{render: faulty})
		refused := s.create(t, request(t, "refused")).Id
		dead := s.create(t, request(t, "dead")).Id
		coa := s.done(t, client.Request{Template: "baseline/certificate-of-analysis", Data: record(t, "coa-2p.json")}).Id
		s.until(t, refused, client.DocumentStateFailed)
		if d := s.until(t, dead, client.DocumentStateFailed); !d.Dead || d.Attempts != 2 || d.Problem.Status != 500 || d.Problem.Detail == "" {
			t.Errorf("got %+v", d)
		}
		today := openapi.Date{Time: time.Now().UTC()}
		yesterday := openapi.Date{Time: today.AddDate(0, 0, -1)}
		for _, tt := range []struct {
			name   string
			params client.ListDocumentsParams
			want   []string
		}{
			{"all", client.ListDocumentsParams{}, []string{coa, dead, refused}},
			{"done", client.ListDocumentsParams{State: new(client.ListDocumentsParamsStateDone)}, []string{coa}},
			{"failed", client.ListDocumentsParams{State: new(client.ListDocumentsParamsStateFailed)}, []string{dead, refused}},
			{"dead letters", client.ListDocumentsParams{Dead: new(true)}, []string{dead}},
			{"template", client.ListDocumentsParams{Template: new("baseline/certificate-of-analysis")}, []string{coa}},
			{"before", client.ListDocumentsParams{Before: &dead}, []string{refused}},
			{"before an id that is none", client.ListDocumentsParams{Before: new("0")}, nil},
			{"today", client.ListDocumentsParams{From: &yesterday, To: &today}, []string{coa, dead, refused}},
			{"up to yesterday", client.ListDocumentsParams{To: &yesterday}, nil},
		} {
			res := must(s.ListDocumentsWithResponse(t.Context(), &tt.params))(t)
			if res.JSON200 == nil || !slices.Equal(ids(res.JSON200), tt.want) {
				t.Errorf("%s: got %s: %s", tt.name, res.Status(), res.Body)
			}
		}
		other := s.as(t, "globex", api.ReadDocuments)
		if res := must(other.ListDocumentsWithResponse(t.Context(), nil))(t); res.JSON200 == nil || len(res.JSON200.Documents) != 0 {
			t.Errorf("another tenant: got %s: %s", res.Status(), res.Body)
		}
		for _, query := range []string{
			"state=lost", "limit=0", "limit=201", "limit=many", "limit=99999999999999999999", "dead=perhaps", "from=01.03.2026", "to=2026-02-30",
			"from=2026-03-02&to=2026-03-01", "from=2020-01-01&to=2026-01-01", "from=0002-01-01&to=9999-12-31", "tenant=globex", "before=" + dead + dead,
		} {
			s.do(t, "GET", "/v1/documents?"+query, "").problem(t, http.StatusUnprocessableEntity)
		}
	})
}
