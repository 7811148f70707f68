package api

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
)

// part is how many bytes of an answer have WriteTimeout together.
const part = 256 << 10

// A pacedWriter ends a connection whose other end reads too slowly, or not at all. The
// time that counts is that in which an answer is being sent: a stream may be quiet for
// as long as it likes, and an answer may have any size.
type pacedWriter struct {
	gin.ResponseWriter
	control *http.ResponseController
	timeout time.Duration // for a part
	sent    int           // of the part
	left    time.Duration // for the rest of the part
}

// pace has the answer sent through a pacedWriter.
func (a *API) pace(c *gin.Context) {
	w := &pacedWriter{ResponseWriter: c.Writer, control: http.NewResponseController(c.Writer), timeout: a.WriteTimeout, left: a.WriteTimeout}
	c.Writer = w
	c.Next()
	w.control.SetWriteDeadline(time.Now().Add(w.timeout)) // for what net/http still sends
}

// Write implements io.Writer.
func (w *pacedWriter) Write(p []byte) (n int, err error) {
	for {
		sent, err := w.send(p[n:min(len(p), n+part-w.sent)])
		if n += sent; n == len(p) || err != nil {
			return n, err
		}
	}
}

// WriteString implements io.StringWriter.
func (w *pacedWriter) WriteString(s string) (int, error) { return w.Write([]byte(s)) }

// Flush implements http.Flusher.
func (w *pacedWriter) Flush() { w.timed(w.ResponseWriter.Flush) }

// Unwrap is for http.ResponseController.
func (w *pacedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// send writes no more than what is left of the part.
func (w *pacedWriter) send(p []byte) (n int, err error) {
	w.timed(func() { n, err = w.ResponseWriter.Write(p) })
	if w.sent += n; w.sent == part {
		w.sent, w.left = 0, w.timeout
	}
	return n, err
}

// timed gives a call that sends the time that is left for the part.
func (w *pacedWriter) timed(send func()) {
	start := time.Now()
	w.control.SetWriteDeadline(start.Add(w.left))
	send()
	w.control.SetWriteDeadline(time.Time{}) // HTTP/2 ends a stream at its deadline, whether anything is written or not
	w.left -= time.Since(start)
}
