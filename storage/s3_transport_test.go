package storage

import (
	"errors"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"
)

func TestStallConn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		defer far.Close()
		conn := stallConn{near}
		read := make(chan error)
		start := time.Now()
		go func() {
			_, err := conn.Read(make([]byte, 1))
			read <- err
		}()
		go func() {
			for { // the server takes what it is sent and answers nothing
				if _, err := far.Read(make([]byte, 1)); err != nil {
					return
				}
			}
		}()
		for range 3 { // as long as bytes are written, an answer may take its time
			time.Sleep(stallTimeout - time.Second)
			if _, err := conn.Write([]byte{1}); err != nil {
				t.Error(err)
			}
		}
		err := <-read
		if want := 4*stallTimeout - 3*time.Second; !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(start) != want {
			t.Errorf("Read ended after %s: %v, want ErrDeadlineExceeded after %s", time.Since(start), err, want)
		}
	})
}
