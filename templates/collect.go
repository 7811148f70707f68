package templates

import (
	"fmt"
	"io"
	"strings"
)

// A collector gathers the files of a bundle and refuses what goes over its
// limits. It counts the bytes that it really reads, whatever was announced.
type collector struct {
	limits limits
	files  map[string][]byte
	folded map[string]string // path by its lower-case form
	left   int               // bytes that all further files may have
}

func newCollector(l limits) *collector {
	return &collector{limits: l, files: map[string][]byte{}, folded: map[string]string{}, left: l.total}
}

// add reads one file into the collection.
func (c *collector) add(p string, open func() (io.ReadCloser, error)) error {
	if msg := c.limits.checkPath(p); msg != "" {
		return &Error{File: p, Msg: msg}
	}
	if other, ok := c.folded[strings.ToLower(p)]; ok {
		return &Error{File: p, Msg: fmt.Sprintf("the bundle has %s too, which differs at most in upper and lower case: keep one of them", other)}
	}
	if len(c.files) == c.limits.files {
		return &Error{File: p, Msg: fmt.Sprintf("the bundle has more than %d files: remove what the template does not use", c.limits.files)}
	}
	src, err := c.read(p, open)
	if err != nil {
		return err
	}
	c.files[p], c.folded[strings.ToLower(p)] = src, p
	c.left -= len(src)
	return nil
}

func (c *collector) read(p string, open func() (io.ReadCloser, error)) ([]byte, error) {
	r, err := open()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p, err)
	}
	defer r.Close()
	allowed := min(c.limits.file, c.left)
	src, err := io.ReadAll(io.LimitReader(r, int64(allowed)+1))
	if len(src) > allowed {
		return nil, c.tooLarge(p)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p, err)
	}
	return src, nil
}

func (c *collector) tooLarge(p string) error {
	if c.left < c.limits.file {
		return &Error{File: p, Msg: fmt.Sprintf("with this file the bundle has more than %d bytes: shrink pictures and fonts", c.limits.total)}
	}
	return &Error{File: p, Msg: fmt.Sprintf("the file has more than %d bytes: shrink it", c.limits.file)}
}
