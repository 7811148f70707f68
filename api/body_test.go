package api_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/dicode/platen/api"
)

func TestBodiesThatAreRefused(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := m.serve(t, options{waiting: true})
		good := text(t, request(t, "good"))
		with := func(old, new string) string {
			t.Helper()
			if !strings.Contains(good, old) {
				t.Fatalf("no %s", old)
			}
			return strings.Replace(good, old, new, 1)
		}
		finish := func(options string) string { return with(`{"data"`, `{"finish":`+options+`,"data"`) }
		for _, tt := range []struct {
			name, body string
			status     int
			pointer    string // of one of the errors
		}{
			{"no body", "", http.StatusBadRequest, ""},
			{"cut off", good[:100], http.StatusBadRequest, ""},
			{"no JSON", "template: x", http.StatusBadRequest, ""},
			{"two values", good + good, http.StatusBadRequest, ""},
			{"a name twice", with(`"template"`, `"template":"x","template"`), http.StatusBadRequest, ""},
			{"no UTF-8", with("A. Meier", "A. Mei\xffer"), http.StatusBadRequest, ""},
			{"null", "null", http.StatusUnprocessableEntity, ""},
			{"a list", "[" + good + "]", http.StatusUnprocessableEntity, ""},
			{"nothing in it", "{}", http.StatusUnprocessableEntity, ""},
			{"wrong type", with(`"baseline/batch-record"`, "7"), http.StatusUnprocessableEntity, "/template"},
			{"wrong type within", with(`"A. Meier"`, `["A. Meier"]`), http.StatusUnprocessableEntity, "/issue/by"},
			{"unknown field", with(`{"data"`, `{"tenant":"globex","data"`), http.StatusUnprocessableEntity, "/tenant"},
			{"unknown field within", with(`"A. Meier"`, `"A. Meier","signature":"x"`), http.StatusUnprocessableEntity, "/issue/signature"},
			{"other case", with(`"template"`, `"Template"`), http.StatusUnprocessableEntity, "/Template"},
			{"unknown priority", with(`{"data"`, `{"priority":"first","data"`), http.StatusUnprocessableEntity, "/priority"},
			{"unknown template", with("baseline/batch-record", "baseline/poem"), http.StatusUnprocessableEntity, "/template"},
			{"template outside", with("baseline/batch-record", "../../etc/passwd"), http.StatusUnprocessableEntity, "/template"},
			{"no time", with("2026-03-01T14:05:00+01:00", "yesterday"), http.StatusUnprocessableEntity, "/issue/at"},
			{"a copy of none", with(`"A. Meier"`, `"A. Meier","copy":2`), http.StatusUnprocessableEntity, "/issue/copy"},
			{"contract", with(`"contract":"batch-record/1"`, `"contract":"batch-record/1","odour":"none"`), http.StatusUnprocessableEntity, "/data/odour"},
			{"another contract", text(t, map[string]any{"template": "baseline/batch-record", "data": record(t, "coa-2p.json")}), http.StatusUnprocessableEntity, "/data/contract"},
			{"a name twice in the data", with(`"contract":"batch-record/1"`, `"contract":"batch-record/1","contract":"batch-record/1"`), http.StatusBadRequest, ""},
			{"null as data", `{"template":"baseline/batch-record","data":null}`, http.StatusUnprocessableEntity, "/data"},
			{"deep data", `{"template":"baseline/batch-record","data":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`, http.StatusUnprocessableEntity, "/data" + strings.Repeat("/0", 64)},
			{"watermark", finish(`{"watermarks":[{"text":"COPY","color":"reddish"}]}`), http.StatusUnprocessableEntity, "/finish/watermarks/0/color"},
			{"second watermark", finish(`{"watermarks":[{"text":"COPY"},{"text":" "}]}`), http.StatusUnprocessableEntity, "/finish/watermarks/1/text"},
			{"image", finish(`{"watermarks":[{"image":{"name":"a.svg","content":"QUJD","page":-1}}]}`), http.StatusUnprocessableEntity, "/finish/watermarks/0/image/page"},
			{"33 watermarks", finish(`{"watermarks":[{"text":"x"}` + strings.Repeat(`,{"text":"x"}`, 32) + `]}`), http.StatusUnprocessableEntity, "/finish/watermarks"},
			{"conformance", finish(`{"conformance":"PDF/A-1a"}`), http.StatusUnprocessableEntity, "/finish/conformance"},
			{"watermark of no kind", finish(`{"watermarks":[{}]}`), http.StatusUnprocessableEntity, "/finish/watermarks/0/text"},
			{"attachment that is no base64", finish(`{"attachments":[{"name":"a.csv","content":"%%%"}]}`), http.StatusUnprocessableEntity, "/finish/attachments/0/content"},
			{"attachment with a path", finish(`{"attachments":[{"name":"../a.csv","content":"QUJD"}]}`), http.StatusUnprocessableEntity, "/finish/attachments/0/name"},
		} {
			t.Run(tt.name, func(t *testing.T) {
				for _, path := range []string{"/v1/documents", "/v1/render"} {
					p := s.do(t, "POST", path, tt.body, "Content-Type", "application/json").problem(t, tt.status)
					found := tt.pointer == ""
					for _, e := range p.Errors {
						found = found || e.Pointer == tt.pointer
					}
					if !found {
						t.Errorf("%s: no error is at %s: %+v", path, tt.pointer, p)
					}
				}
			})
		}
		for _, kind := range []string{"text/plain", "application/xml", "multipart/form-data; boundary=x", "x/y; q+json"} {
			s.do(t, "POST", "/v1/documents", good, "Content-Type", kind).problem(t, http.StatusUnsupportedMediaType)
		}
		if list := must(s.ListDocumentsWithResponse(t.Context(), nil))(t).JSON200; len(list.Documents) != 0 {
			t.Errorf("%d were accepted", len(list.Documents))
		}
	})
}

func TestLargeBodies(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		body := text(t, request(t, "large"))
		s := m.serve(t, options{waiting: true, config: func(c *api.Config) { c.MaxBody = int64(len(body)) }})
		if got := s.do(t, "POST", "/v1/documents", body); got.status != http.StatusAccepted {
			t.Errorf("as many bytes as may be: got %d", got.status)
		}
		s.do(t, "POST", "/v1/documents", body+" ").problem(t, http.StatusRequestEntityTooLarge)
		chunked, err := http.NewRequest("POST", s.url+"/v1/documents", io.MultiReader(strings.NewReader(body), strings.NewReader(" ")))
		if err != nil {
			t.Fatal(err)
		}
		chunked.Header.Set("Authorization", "Bearer "+token(t, "acme", api.WriteDocuments))
		send(t, chunked).problem(t, http.StatusRequestEntityTooLarge)
	})
}

// dial sends the head of a POST of acme and returns the connection.
func (s *server) dial(t *testing.T, header string) *net.TCPConn {
	t.Helper()
	return s.dialAs(t, "Bearer "+token(t, "acme", api.WriteDocuments), header)
}

func (s *server) dialAs(t *testing.T, authorization, header string) *net.TCPConn {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := fmt.Fprintf(c, "POST /v1/documents HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\n%s\r\n\r\n", authorization, header); err != nil {
		t.Fatal(err)
	}
	return c.(*net.TCPConn)
}

// answer reads a response and checks that the connection ends with it.
func answer(t *testing.T, c *net.TCPConn) reply {
	t.Helper()
	in := bufio.NewReader(c)
	res, err := http.ReadResponse(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := in.ReadByte(); err != io.EOF {
		t.Errorf("the connection goes on: %v", err)
	}
	return reply{res.StatusCode, res.Header, b}
}

// allocated returns how many bytes this process has taken so far.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

func TestTwoGigabytesInChunks(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := m.serve(t, options{waiting: true, config: func(c *api.Config) { c.MaxBody = 1 << 20 }})
		c := s.dial(t, "Transfer-Encoding: chunked")
		before, sent := allocated(), make(chan int64)
		go func() {
			chunk := []byte("10000\r\n" + strings.Repeat(" ", 1<<16) + "\r\n")
			n := int64(0)
			for err := error(nil); err == nil && n < 2<<30; n += 1 << 16 {
				_, err = c.Write(chunk)
			}
			sent <- n
		}()
		answer(t, c).problem(t, http.StatusRequestEntityTooLarge)
		c.Close()
		if n, grown := <-sent, allocated()-before; n > 64<<20 || grown > 32<<20 {
			t.Errorf("%d MiB were taken, and %d MiB of memory for them", n>>20, grown>>20)
		}
	})
}

func TestBodiesThatDoNotComeWhole(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := m.serve(t, options{waiting: true, config: func(c *api.Config) { c.BodyTimeout = 100 * time.Millisecond }})
		t.Run("2 GB are refused before they come", func(t *testing.T) {
			answer(t, s.dial(t, "Content-Length: 2147483648")).problem(t, http.StatusRequestEntityTooLarge)
			answer(t, s.dial(t, "Content-Length: 2147483648\r\nExpect: 100-continue")).problem(t, http.StatusRequestEntityTooLarge)
		})
		t.Run("too slow", func(t *testing.T) {
			c := s.dial(t, "Content-Length: 100")
			fmt.Fprint(c, `{"template":`)
			answer(t, c).problem(t, http.StatusRequestTimeout)
		})
		t.Run("half closed", func(t *testing.T) {
			c := s.dial(t, "Content-Length: 100")
			fmt.Fprint(c, `{"template":`)
			c.CloseWrite()
			answer(t, c).problem(t, http.StatusBadRequest)
		})
		t.Run("broken chunks", func(t *testing.T) {
			c := s.dial(t, "Transfer-Encoding: chunked")
			fmt.Fprint(c, "zz\r\n")
			answer(t, c).problem(t, http.StatusBadRequest)
		})
		t.Run("too slow where nobody reads it", func(t *testing.T) {
			answer(t, s.dialAs(t, "Basic eDp5", "Content-Length: 100")).problem(t, http.StatusUnauthorized)
		})
	})
}
