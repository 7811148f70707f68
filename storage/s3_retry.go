package storage

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
)

const (
	attempts  = 5
	firstWait = 50 * time.Millisecond // about; doubled after each attempt
)

// retry calls f until it succeeds, its error is one that trying again does not mend,
// ctx ends, or it was called five times. It returns f's last error, or that of ctx.
func retry(ctx context.Context, f func() error) error {
	wait := firstWait
	for n := 1; ; n++ {
		err := ctx.Err()
		if err == nil {
			err = f()
		}
		if err == nil || n == attempts || ctx.Err() != nil || !isPassing(err) {
			return err
		}
		// Jitter keeps those who met at the store from meeting there again.
		select {
		case <-time.After(wait/2 + rand.N(wait)):
		case <-ctx.Done():
			return ctx.Err()
		}
		wait *= 2
	}
}

// Codes of S3 for which minio has no name.
const conditionalConflict = "ConditionalRequestConflict"

// passing are the codes of S3 after which it asks for another attempt, those of
// a value that was damaged on its way, and those by which versitygw says also that
// a folder was removed while it wrote into it.
func passing() []string {
	return []string{
		conditionalConflict, "OperationAborted", "SlowDown", "SlowDownRead", "SlowDownWrite", "Throttling", "ThrottlingException",
		"RequestThrottled", "RequestLimitExceeded", "TooManyRequests", "RequestTimeout", "ServiceUnavailable", minio.InternalError,
		minio.BadDigest, minio.IncompleteBody, minio.XAmzContentSHA256Mismatch,
		"ExistingObjectIsDirectory", "ObjectParentIsFile",
	}
}

// isPassing is true if another attempt may succeed.
func isPassing(err error) bool {
	if answer, ok := answerOf(err); ok {
		return slices.Contains(passing(), answer.Code) || isPassingStatus(answer.StatusCode)
	}
	return errors.Is(err, errDamaged) || isCut(err) || isUnreachable(err)
}

func isPassingStatus(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// isCut is true if the connection ended in the middle of an answer.
func isCut(err error) bool {
	// minio puts an error of its own in the place of io.EOF.
	return errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || strings.Contains(err.Error(), "Connection closed by foreign host")
}

// isUnreachable is true if no answer came: no route, nobody who listens, a reset, a
// time limit. A certificate that is not trusted is an answer.
func isUnreachable(err error) bool {
	var netErr net.Error
	return errors.As(err, &netErr) && !isTLS(err) && !isPlain(err)
}

// isTLS is true if the store cannot be trusted to be the one that the endpoint names.
func isTLS(err error) bool { return errors.As(err, new(*tls.CertificateVerificationError)) }

// isPlain is true if a server that does not speak TLS was spoken to by it.
func isPlain(err error) bool { return errors.Is(err, http.ErrSchemeMismatch) }
