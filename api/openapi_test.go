package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dicode/platen"
	"github.com/dicode/platen/api"
	"github.com/dicode/platen/client"
	"github.com/dicode/platen/queue"
)

// requestsEach is how many requests are made of each operation.
const requestsEach = 400

// TestRequestsOfAllKinds sends every operation requests made from its description,
// most of them with faults. Each answer is one that is described, and none is 500.
func TestRequestsOfAllKinds(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s, ids := m.serveForFuzzing(t)
		spec := api.OpenAPI()
		for _, path := range slices.Sorted(maps.Keys(spec.Paths)) {
			item := spec.Paths[path]
			for _, o := range []*huma.Operation{item.Get, item.Head, item.Post, item.Put, item.Patch, item.Delete} {
				if o == nil {
					continue
				}
				t.Run(o.OperationID, func(t *testing.T) {
					s.putWebhook(t, "https://receiver.example") // an operation may have deleted it
					g := &generator{rand.New(rand.NewPCG(1, 2)), spec.Components.Schemas, ids, record(t, "tablet-2p.json"), map[string]bool{}}
					got := map[int]int{}
					for i := range requestsEach {
						r, body := g.request(t, s, o)
						answer, stream := exchange(t, r)
						got[answer.status]++
						if err := described(spec, o, answer, stream); err != nil {
							r.Header.Del("Authorization")
							t.Errorf("request %d: %v\n%s %s %v\n%.2000s\ngives %d %v\n%.2000s", i, err, r.Method, r.URL, r.Header, body, answer.status, answer.header, answer.body)
						}
					}
					t.Logf("answers: %v", got)
					for _, field := range g.fields(o) {
						if !g.sent[field] {
							t.Errorf("no request had %s", field)
						}
					}
				})
			}
		}
	})
}

// serveForFuzzing returns a server with documents in all states. It renders no more.
func (m mode) serveForFuzzing(t *testing.T) (*server, []string) {
	g := newGate()
	s := m.serve(t, options{
		deliver: true,
		render:  func(next queue.Render) queue.Render { return faulty(g.render(next)) },
		config:  func(c *api.Config) { c.MaxWait, c.MaxBody = 5*time.Millisecond, 1<<20 },
		shares:  func(platen.TenantID) queue.Share { return queue.Share{Queued: 70} },
	})
	done := s.create(t, request(t, "done"))
	g.pass <- struct{}{}
	s.until(t, done.Id, client.DocumentStateDone)
	s.putWebhook(t, "https://receiver.example")
	failed := s.create(t, told(t, "refused"))
	s.until(t, failed.Id, client.DocumentStateFailed)
	delivery := s.deliveries(t, client.ListDeliveriesParams{State: new(client.ListDeliveriesParamsStateFailed)}, func(l []client.WebhookDelivery) bool { return len(l) == 1 })[0]
	ids := []string{done.Id, failed.Id, delivery.Id}
	for range max(m.workers, 1) + 2 {
		ids = append(ids, s.create(t, request(t, "stays")).Id)
	}
	batch := must(s.CreateBatchWithResponse(t.Context(), nil, client.BatchRequest{Items: []client.Request{request(t, "of a batch")}}))(t)
	if batch.JSON202 == nil {
		t.Fatalf("got %s: %s", batch.Status(), batch.Body)
	}
	ids = append(ids, batch.JSON202.Id)
	cancelled := s.create(t, request(t, "cancelled"))
	must(s.CancelDocumentWithResponse(t.Context(), cancelled.Id))(t)
	return s, append(ids, cancelled.Id)
}

// exchange sends a request. Of a stream of events only the beginning is waited for.
func exchange(t *testing.T, r *http.Request) (answer reply, stream bool) {
	t.Helper()
	if !strings.HasSuffix(r.URL.Path, "/events") {
		return send(t, r), false
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	answer = reply{status: res.StatusCode, header: res.Header}
	if res.StatusCode == http.StatusOK {
		return answer, true
	}
	var b bytes.Buffer
	if _, err := b.ReadFrom(res.Body); err != nil {
		t.Fatal(err)
	}
	answer.body = b.Bytes()
	return answer, false
}

// described checks an answer against the description of its operation.
func described(spec *huma.OpenAPI, o *huma.Operation, got reply, stream bool) error {
	response := o.Responses[strconv.Itoa(got.status)]
	switch {
	case got.status >= 500:
		return fmt.Errorf("it is broken")
	case response == nil:
		return fmt.Errorf("the status is not described")
	case o.Method == http.MethodHead || got.status == http.StatusNoContent || got.status == http.StatusNotModified:
		if len(got.body) > 0 {
			return fmt.Errorf("it has a body")
		}
		return nil
	}
	kind, _, err := mime.ParseMediaType(got.header.Get("Content-Type"))
	if kind == "multipart/byteranges" {
		return nil // of any content (RFC 9110 §14.6)
	}
	content := response.Content[kind]
	if err != nil || content == nil {
		return fmt.Errorf("the content type is not described: %v", err)
	}
	if kind == "application/x-ndjson" {
		return linesOfJSON(got.body)
	}
	if stream || !strings.HasSuffix(kind, "json") {
		return nil
	}
	var value any
	if err := json.Unmarshal(got.body, &value); err != nil {
		return err
	}
	var result huma.ValidateResult
	huma.Validate(spec.Components.Schemas, content.Schema, huma.NewPathBuffer(nil, 0), huma.ModeReadFromServer, value, &result)
	if len(result.Errors) > 0 {
		return result.Errors[0]
	}
	return aProblem(got)
}

func linesOfJSON(body []byte) error {
	for line := range bytes.Lines(body) {
		if !json.Valid(line) {
			return fmt.Errorf("the line %.100q is no JSON", line)
		}
	}
	return nil
}

// aProblem checks what the schema of problems does not say.
func aProblem(got reply) error {
	if got.status < 400 {
		return nil
	}
	var p client.Problem
	if err := json.Unmarshal(got.body, &p); err != nil {
		return err
	}
	if int(p.Status) != got.status || p.Title != http.StatusText(got.status) || p.Detail == "" {
		return fmt.Errorf("it is no good problem")
	}
	for _, e := range p.Errors {
		if e.Detail == "" || e.Pointer != "" && e.Pointer[0] != '/' {
			return fmt.Errorf("it has the error %+v", e)
		}
	}
	return nil
}

// A generator makes requests.
type generator struct {
	*rand.Rand
	schemas huma.Registry
	ids     []string
	record  json.RawMessage // satisfies the contract
	sent    map[string]bool // parameters and fields that were in a request
}

// fields returns the parameters of an operation, and the fields of its body.
func (g *generator) fields(o *huma.Operation) (list []string) {
	for _, p := range o.Parameters {
		list = append(list, p.Name)
	}
	var walk func(s *huma.Schema)
	walk = func(s *huma.Schema) {
		if s == nil {
			return
		}
		if s.Ref != "" {
			s = g.schemas.SchemaFromRef(s.Ref)
		}
		walk(s.Items)
		for name, property := range s.Properties {
			list = append(list, fieldName(s, name))
			walk(property)
		}
	}
	walk(jsonBody(o))
	return list
}

// jsonBody is the schema of the body of an operation, nil if that is no JSON.
func jsonBody(o *huma.Operation) *huma.Schema {
	if o.RequestBody != nil {
		for kind, content := range o.RequestBody.Content {
			if strings.HasSuffix(kind, "json") {
				return content.Schema
			}
		}
	}
	return nil
}

// fieldName names a field by what stands beside it.
func fieldName(s *huma.Schema, name string) string {
	return fmt.Sprint(name, " of ", slices.Sorted(maps.Keys(s.Properties)))
}

// one reports true once in n times.
func (g *generator) one(n int) bool { return g.IntN(n) == 0 }

func pick[T any](g *generator, list ...T) T { return list[g.IntN(len(list))] }

func (g *generator) request(t *testing.T, s *server, o *huma.Operation) (*http.Request, string) {
	t.Helper()
	path, query, headers := o.Path, url.Values{}, []string{}
	for _, p := range o.Parameters {
		switch value := g.parameter(p); {
		case p.In == "path":
			path = strings.ReplaceAll(path, "{"+p.Name+"}", url.PathEscape(value))
		case g.one(2): // left out
			continue
		case p.In == "query":
			query.Add(p.Name, value)
		case p.In == "header":
			headers = append(headers, p.Name, strings.Map(printable, value))
		}
		g.sent[p.Name] = true
	}
	if g.one(20) {
		query.Add(pick(g, "tenant", "x", "", "limit", "state", "Limit"), g.text())
	}
	for g.one(2) {
		name := pick(g, slices.Sorted(maps.Keys(oddHeaders))...)
		headers = append(headers, name, pick(g, oddHeaders[name]...))
	}
	body := ""
	if schema := jsonBody(o); schema != nil {
		body = g.body(schema)
	} else if o.RequestBody != nil {
		body = pick(g, logo, "", "PK\x03\x04", "%PDF-1.7", g.text())
	} else if g.one(10) {
		body = g.text()
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	if g.one(30) {
		path += "?" + pick(g, "%zz", ";", "&", "=&=", "?")
	}
	r := s.request(t, o.Method, path, body, headers...)
	switch {
	case g.one(30):
		r.Header.Set("Authorization", "Bearer "+token(t, "acme", "documents:none"))
	case g.one(30):
		r.Header.Del("Authorization")
	}
	return r, body
}

// printable leaves out what net/http does not send.
func printable(r rune) rune {
	if r < ' ' || r == 0x7f {
		return -1
	}
	return r
}

// oddHeaders are headers that change what an answer is like, and some that should not.
var oddHeaders = map[string][]string{
	"Accept":                 {"*/*", "text/html", "application/xml;q=1, */*;q=0", "json", ";;;,", "application/problem+json", "application/pdf", "text/event-stream", "a/b;q=x"},
	"Accept-Encoding":        {"gzip, br;q=1", "identity;q=0"},
	"Content-Encoding":       {"gzip", "identity", "x"},
	"Content-Type":           {"application/json; charset=utf-16", "application/json;", "text/plain", "+", ";+", "x/y+json", "application/json+", strings.Repeat("a", 5000), "multipart/form-data"},
	"Idempotency-Key":        {"k", strings.Repeat("k", 255), strings.Repeat("k", 256), "é", "a\tb", "../x", "%00"},
	"If-Match":               {"*", `"x"`, "x", `W/"x"`, ","},
	"If-None-Match":          {"*", `"x"`, "x", `W/"x"`, ","},
	"If-Modified-Since":      {"Thu, 01 Jan 2099 00:00:00 GMT", "never"},
	"If-Unmodified-Since":    {"Thu, 01 Jan 1970 00:00:00 GMT", "never"},
	"If-Range":               {`"x"`, "*", "Thu, 01 Jan 1970 00:00:00 GMT"},
	"Last-Event-Id":          {"1", "x"},
	"Prefer":                 {"wait=1", "wait", "wait=-1", "respond-async", "wait=99999999999999999999", "=;,", `wait="1`},
	"Range":                  {"bytes=0-", "bytes=0-0,2-3", "bytes=-1", "bytes=-", "bytes=9999999999999999999-", "lines=1-2", "bytes=5-1", "bytes=" + strings.Repeat("0-0,", 500) + "1-2"},
	"X-Forwarded-For":        {"127.0.0.1", "x"},
	"X-Http-Method-Override": {"DELETE"},
}

// parameter returns a value of a parameter, mostly one that its schema allows.
func (g *generator) parameter(p *huma.Param) string {
	if p.In == "path" && p.Name == "name" {
		return pick(g, "lims", "lims", "mes", g.text())
	}
	if p.In == "path" && p.Name == "number" {
		return pick(g, "1", "1", "2", "0", "9999", g.text())
	}
	if p.In == "path" {
		return pick(g, pick(g, g.ids...), pick(g, g.ids...), pick(g, g.ids...), g.text(), "01a2142c-43db-790a-b0d9-7247562d1530", ".")
	}
	if g.one(3) {
		return g.text()
	}
	return fmt.Sprint(g.value(p.Schema, 0))
}

// body returns a JSON text of the schema, or something like it.
func (g *generator) body(schema *huma.Schema) string {
	v := g.value(schema, 0)
	for g.one(2) {
		v = g.mutate(v)
	}
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // values are made here
	}
	if !g.one(8) {
		return string(b)
	}
	at := g.IntN(len(b))
	return pick(g,
		string(b[:at]), string(b)+string(b[at:]), string(b[:at])+g.text()+string(b[at:]), "\ufeff"+string(b), "["+string(b)+"]",
		strings.Repeat("[", 20_000), strings.Replace(string(b), "{", `{"template":"x",`, 1), strings.Repeat(" ", 2<<20), `"`+strings.Repeat("x", 100_000)+`"`)
}

// value returns a value that a schema allows.
func (g *generator) value(s *huma.Schema, depth int) any {
	if s.Ref != "" {
		s = g.schemas.SchemaFromRef(s.Ref)
	}
	if len(s.Enum) > 0 {
		return pick(g, s.Enum...)
	}
	if len(s.Examples) > 0 && !g.one(5) {
		return pick(g, s.Examples...)
	}
	switch s.Type {
	case huma.TypeObject:
		return g.object(s, depth)
	case huma.TypeArray:
		list := []any{}
		for range g.IntN(4) {
			list = append(list, g.value(s.Items, depth+1))
		}
		return list
	case huma.TypeString:
		switch {
		case s.Format == "date":
			return pick(g, "2026-03-01", "0001-01-01", "9999-12-31", time.Now().Format(time.DateOnly))
		case s.ContentEncoding == "base64":
			return pick(g, "", "QUJD", "PHN2Zy8+")
		}
		return pick(g, "COPY", "center", "#ff0000", "10mm 5mm", "1-2", "a.svg", "a.pdf", "2026-03-01T14:05:00+01:00", g.text())
	case huma.TypeInteger:
		return pick(g, 0, 1, 2, 50, 200)
	case huma.TypeNumber:
		return pick(g, 0, 0.5, 1, -90, 45.25)
	case huma.TypeBoolean:
		return g.one(2)
	}
	return g.anything(depth)
}

func (g *generator) object(s *huma.Schema, depth int) any {
	o := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		switch {
		case !slices.Contains(s.Required, name) && g.one(2):
			continue
		case name == "data" && !g.one(4):
			o[name] = g.record
		default:
			o[name] = g.value(s.Properties[name], depth+1)
		}
		g.sent[fieldName(s, name)] = true
	}
	return o
}

// mutate changes something somewhere in a value.
func (g *generator) mutate(v any) any {
	switch v := v.(type) {
	case map[string]any:
		names := slices.Sorted(maps.Keys(v))
		if len(names) == 0 || g.one(5) {
			v[pick(g, "tenant", "id", "", "$schema", "Template", "a.b[0]/c~d", "__proto__", g.text())] = g.anything(0)
			return v
		}
		name := pick(g, names...)
		if g.one(4) {
			delete(v, name)
		} else {
			v[name] = g.mutate(v[name])
		}
		return v
	case []any:
		if len(v) == 0 || g.one(4) {
			return append(v, g.anything(0))
		}
		if i := g.IntN(len(v)); g.one(10) {
			return slices.Repeat(v[i:i+1], 200)
		} else {
			v[i] = g.mutate(v[i])
		}
		return v
	}
	return g.anything(0)
}

// anything returns a value of any type, often an extreme one.
func (g *generator) anything(depth int) any {
	switch g.IntN(6 + max(0, 2-depth)) {
	case 0:
		return nil
	case 1:
		return g.one(2)
	case 2, 3:
		return json.Number(pick(g, "0", "-0", "1", "-1", "1.0", "0.1", "1e400", "-1e-400", "1e30", "9223372036854775808", "-9223372036854775808", "2147483648", "0.00000000000000000000000000001"))
	case 4, 5:
		return g.text()
	case 6:
		return []any{g.anything(depth + 1), g.anything(depth + 1)}
	}
	return map[string]any{g.text(): g.anything(depth + 1)}
}

// text returns a text that somebody may not have thought of.
func (g *generator) text() string {
	return pick(g, "", " ", "x", "null", "0", "-1", "true", "../../etc/passwd", "baseline/batch-record", "baseline/", "/", ".", "..", "\x00", "\n", "\u202e", "é", "💊", "\ufffd",
		"%00", "${jndi:x}", "{{record.id}}", "<script>", "'; --", strings.Repeat("9", 400), strings.Repeat("x", 201), strings.Repeat("ä", 10_000), "2026-13-45", "1e9", "NaN", "#", "100%", "-5mm")
}
