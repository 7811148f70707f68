package api_test

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/dicode/platen"
	"github.com/dicode/platen/api"
	"github.com/dicode/platen/client"
)

// pipeline asks for the same again and again, without reading anything.
func (s *server) pipeline(t *testing.T, times int, path string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(time.Minute))
	if _, err := io.WriteString(c, strings.Repeat("GET "+path+" HTTP/1.1\r\nHost: x\r\n\r\n", times)); err != nil {
		t.Fatal(err)
	}
	return c
}

// responses reads as many responses as there are, with a pause after so many bytes of
// each, and returns how many were whole.
func responses(c net.Conn, each int64, pause time.Duration) (whole int, err error) {
	in := bufio.NewReader(c)
	for {
		res, err := http.ReadResponse(in, nil)
		if err != nil {
			return whole, err
		}
		for err == nil {
			_, err = io.CopyN(io.Discard, res.Body, each)
			<-time.After(pause)
		}
		if err != io.EOF {
			return whole, err
		}
		whole++
	}
}

const many = 400 // descriptions of the API: far more than a socket holds

func TestReadersWhoDoNotRead(t *testing.T) {
	s := modes[0].serve(t, options{waiting: true, config: func(c *api.Config) { c.WriteTimeout = 100 * time.Millisecond }})
	c := s.pipeline(t, many, "/openapi.json")
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); <-time.After(10 * time.Millisecond) {
		if _, err := io.WriteString(c, "G"); err != nil {
			return // the server has hung up
		}
	}
	t.Error("the connection is held")
}

func TestReadersWhoAreTooSlow(t *testing.T) {
	s := modes[0].serve(t, options{waiting: true, config: func(c *api.Config) { c.WriteTimeout = 200 * time.Millisecond }})
	n, err := responses(s.pipeline(t, many, "/openapi.json"), 2<<10, 10*time.Millisecond)
	if n == many || err == io.EOF {
		t.Errorf("%d responses came", n)
	}
}

func TestReadersWhoTakeTheirTime(t *testing.T) {
	s := modes[0].serve(t, options{waiting: true, config: func(c *api.Config) { c.WriteTimeout = time.Second }})
	c := s.pipeline(t, many-1, "/openapi.json")
	io.WriteString(c, "GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	if n, err := responses(c, 1<<20, 5*time.Millisecond); n != many {
		t.Errorf("%d responses came: %v", n, err)
	}
}

// slowly reads all, with pauses after each of the first pieces.
func slowly(in io.Reader, piece int64, pause time.Duration, pauses int) ([]byte, error) {
	var all bytes.Buffer
	for range pauses {
		if _, err := io.CopyN(&all, in, piece); err != nil {
			break // the end, or what comes again below
		}
		<-time.After(pause)
	}
	_, err := io.Copy(&all, in)
	return all.Bytes(), err
}

// A narrowListener takes connections that hold little, so that who sends must wait for
// who reads.
type narrowListener struct{ net.Listener }

func (l narrowListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err == nil {
		err = c.(*net.TCPConn).SetWriteBuffer(64 << 10)
	}
	return c, err
}

func narrowDial(ctx context.Context, network, address string) (net.Conn, error) {
	c, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err == nil {
		err = c.(*net.TCPConn).SetReadBuffer(64 << 10)
	}
	return c, err
}

// What is larger than a part comes whole, however long it takes, as long as it flows.
func TestLargeAnswers(t *testing.T) {
	const timeout = 500 * time.Millisecond
	s := modes[0].serve(t, options{
		config:   func(c *api.Config) { c.WriteTimeout = timeout },
		listener: func(l net.Listener) net.Listener { return narrowListener{l} },
	})
	large := request(t, "large")
	content := make([]byte, 3<<20)
	rand.NewChaCha8([32]byte{}).Read(content) // so that it cannot be packed
	large.Finish.Attachments = []client.Attachment{{Name: "chromatogram.raw", Content: content}}
	batch := must(s.CreateBatchWithResponse(t.Context(), nil, client.BatchRequest{Items: []client.Request{large}}))(t)
	if batch.JSON202 == nil {
		t.Fatalf("got %s: %s", batch.Status(), batch.Body)
	}
	d := s.until(t, batch.JSON202.Documents[0], client.DocumentStateDone)
	read := func(path string, piece int64, pause time.Duration, pauses int) ([]byte, error) {
		own := &http.Client{Transport: &http.Transport{DialContext: narrowDial}}
		defer own.CloseIdleConnections()
		res, err := own.Do(s.request(t, "GET", path, ""))
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		return slowly(res.Body, piece, pause, pauses)
	}
	for _, path := range []string{d.Links.Content, batch.JSON202.Links.Self + "/content"} {
		b, err := read(path, 256<<10, 60*time.Millisecond, 12) // a part in 60 ms, all in more than timeout
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if path != d.Links.Content {
			z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
			if err != nil {
				t.Fatal(err)
			}
			b = unzip(t, z, "00001-"+d.Id+".pdf")
		}
		if platen.Digest(b) != d.Document.Sha256 {
			t.Errorf("%s: got %d bytes, and not those that are stored", path, len(b))
		}
	}
	if b, err := read(d.Links.Content, 8<<10, 30*time.Millisecond, 70); err == nil { // a part in 960 ms, no write of it in more than 150
		t.Errorf("got %d bytes", len(b))
	}
}

// A stream of HTTP/2 ends at its deadline even if nothing is to be written.
func TestQuietStreamsGoOn(t *testing.T) {
	for _, cfg := range []*tls.Config{nil, {}} {
		const quiet = 1200 * time.Millisecond
		s := modes[0].serve(t, options{waiting: true, tls: cfg, config: func(c *api.Config) { c.WriteTimeout, c.MaxWait = quiet/3, quiet }})
		own := http.DefaultClient
		if cfg != nil {
			own = s.client(t)
		}
		waited := sendBy(t, own, s.request(t, "POST", "/v1/documents", text(t, request(t, "waited for")), "Prefer", "wait=60"))
		if waited.status != http.StatusAccepted {
			t.Errorf("got %d: %s", waited.status, waited.body)
		}
		self := waited.header.Get("Location")
		res, err := own.Do(s.request(t, "GET", self+"/events", ""))
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		lines := bufio.NewScanner(res.Body)
		lines.Scan() // event: queued
		<-time.After(quiet)
		sendBy(t, own, s.request(t, "DELETE", self, ""))
		var rest strings.Builder
		for lines.Scan() {
			fmt.Fprintln(&rest, lines.Text())
		}
		if lines.Err() != nil || !strings.Contains(rest.String(), "event: "+string(client.DocumentStateCancelled)) {
			t.Errorf("%s: %v: %s", res.Proto, lines.Err(), &rest)
		}
	}
}

// With HTTP/2 it is the window of a stream that a reader does not open.
func TestStreamsThatAreNotRead(t *testing.T) {
	s := modes[0].serve(t, options{waiting: true, tls: &tls.Config{}, config: func(c *api.Config) { c.WriteTimeout = 100 * time.Millisecond }})
	c, err := tls.Dial("tcp", strings.TrimPrefix(s.url, "https://"), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(20 * time.Second))
	io.WriteString(c, http2.ClientPreface)
	f := http2.NewFramer(c, c)
	f.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 1000})
	var head strings.Builder
	fields := hpack.NewEncoder(&head)
	for _, h := range [][2]string{{":method", "GET"}, {":scheme", "https"}, {":authority", "x"}, {":path", "/openapi.json"}} {
		fields.WriteField(hpack.HeaderField{Name: h[0], Value: h[1]})
	}
	if err := f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: []byte(head.String()), EndStream: true, EndHeaders: true}); err != nil {
		t.Fatal(err)
	}
	got := 0
	for {
		frame, err := f.ReadFrame()
		if err != nil {
			t.Fatal(err)
		}
		switch frame := frame.(type) {
		case *http2.DataFrame:
			got += len(frame.Data())
		case *http2.RSTStreamFrame:
			if got != 1000 {
				t.Errorf("it ends after %d bytes", got)
			}
			return
		}
	}
}
