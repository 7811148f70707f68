package webhook

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/dicode/platen"
)

// explain says why there was no answer, in words that tell nothing of the network in
// which Platen stands.
func explain(err error) error {
	var no *refused
	if errors.As(err, &no) {
		return no
	}
	return fmt.Errorf("%s: %w", reason(err), platen.Busy)
}

func reason(err error) string {
	var name *net.DNSError
	var network net.Error
	var certificate *tls.CertificateVerificationError
	var op *net.OpError
	var cause syscall.Errno
	switch {
	case errors.As(err, &name) && name.IsNotFound:
		return "the host is not known to the name service"
	case errors.As(err, &name):
		return "the name service did not answer"
	case errors.Is(err, context.Canceled):
		return "the attempt was given up"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return "the receiver did not answer in time"
	case errors.As(err, &certificate):
		return "the certificate of the receiver is not accepted: " + certificate.Err.Error()
	case errors.As(err, &op) && op.Op == "remote error":
		return "the receiver refuses the connection: " + op.Err.Error() // an alert of TLS
	case errors.As(err, &cause):
		return "the connection ended: " + cause.Error()
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the receiver closed the connection without an answer"
	}
	return "the receiver does not speak HTTP, or not with TLS, or at too great length"
}

// words returns the text of an error without its kind.
func words(err error) string {
	return strings.TrimSuffix(err.Error(), ": "+string(platen.KindOf(err)))
}
