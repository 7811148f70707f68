package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"

	"github.com/dicode/platen"
)

// A caller is a client of the service. It runs in the process that it measures, so it does
// no more than it must.
type caller struct {
	*http.Client
	server string // its URL
}

// render asks for a document, waits for it, and returns where it is.
func (c caller) render(ctx context.Context, job platen.Job) (location string, err error) {
	body := fmt.Appendf(nil, `{"template":%q,"data":%s}`, job.Template, job.Data)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.server+"/v1/render", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json")
	res, _, err := c.send(req)
	if err != nil {
		return "", err
	}
	return res.Header.Get("Content-Location"), nil
}

// get returns what is at a path.
func (c caller) get(ctx context.Context, path string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.server+path, nil)
	if err != nil {
		return nil, err
	}
	_, body, err := c.send(req)
	return body, err
}

// send returns the response and its body; one that is not 200 is an error.
func (c caller) send(req *http.Request) (*http.Response, []byte, error) {
	res, err := c.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	var body bytes.Buffer
	body.Grow(int(max(res.ContentLength, 0)) + bytes.MinRead)
	_, err = body.ReadFrom(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: %s: %.200s", req.Method, req.URL.Path, res.Status, &body)
	}
	return res, body.Bytes(), err
}
