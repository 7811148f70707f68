package storage

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/minio/minio-go/v7"

	"github.com/dicode/platen"
)

// errDamaged: the value that came is not the one that was put.
var errDamaged = errors.New("what came is not what was put, by its sha256")

// An s3Remedy says what kind of error an answer of S3 is, and how to mend it.
type s3Remedy struct {
	codes []string
	kind  platen.Kind
	hint  string
}

// s3Remedies are looked through from the first. In a hint {bucket}, {endpoint} and {key}
// stand for those of the configuration.
func s3Remedies() []s3Remedy {
	return []s3Remedy{
		{[]string{minio.NoSuchKey}, platen.NotFound, ""},
		{[]string{minio.NoSuchBucket}, platen.Internal, "there is no bucket {bucket} at {endpoint}: make it, or name another one"},
		{[]string{minio.InvalidRegion, minio.AuthorizationHeaderMalformed, "PermanentRedirect", "TemporaryRedirect", "IllegalLocationConstraintException"}, platen.Internal,
			"the bucket {bucket} is in another region or at another endpoint: name the right ones (region=, endpoint=)"},
		{[]string{minio.InvalidAccessKeyID, minio.SignatureDoesNotMatch, "InvalidToken", "XAdminUserNotFound"}, platen.Internal,
			"the store does not know {key} or its secret is another one: correct the credentials"},
		{[]string{"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"}, platen.Internal, "the credentials have expired: renew them"},
		{[]string{minio.RequestTimeTooSkewed}, platen.Internal,
			"the clocks of this machine and of the store differ by more than the 15 minutes that S3 allows: set them by NTP"},
		{[]string{minio.AccessDenied, minio.AllAccessDisabled}, platen.Internal,
			"{key} may not do this in the bucket {bucket}: allow s3:GetObject, s3:PutObject, s3:PutObjectTagging, s3:DeleteObject, s3:ListBucket, and with retention s3:PutObjectRetention"},
		{[]string{"QuotaExceeded", "XMinioStorageFull", "InsufficientStorage"}, platen.Busy, "the storage is full: free some room or raise the quota, then try again"},
		{[]string{conditionalConflict, "OperationAborted"}, platen.Busy, "others were writing it at the same time: try again"},
		{[]string{"SlowDown", "SlowDownRead", "SlowDownWrite", "ServiceUnavailable", "Throttling", "ThrottlingException", "RequestThrottled", "RequestLimitExceeded", "TooManyRequests", "RequestTimeout"},
			platen.Busy, "the storage has too much to do: try again"},
		{[]string{minio.InternalError}, platen.Internal, "the storage has a fault: look into its log"},
		{[]string{minio.BadDigest, minio.XAmzContentSHA256Mismatch, minio.IncompleteBody}, platen.Internal,
			"the value was damaged on its way to the storage, again and again: look for what changes it between here and {endpoint}"},
		{[]string{"ExistingObjectIsDirectory", "ObjectParentIsFile", "XMinioParentIsObject", "XMinioObjectExistsAsDirectory"}, platen.Invalid,
			"a part of the key is a key itself, or it is a folder of other keys: choose another key"},
		{[]string{"ObjectLockConfigurationNotFoundError"}, platen.Internal, needsLock},
		{[]string{minio.NotImplemented, minio.APINotSupported}, platen.Internal,
			"this server lacks a part of S3 that Platen needs (conditional PUT, tags, Object Lock): docs/storage.md says which ones have it"},
	}
}

const needsLock = "objects are to be retained, and the bucket {bucket} has no Object Lock, or it may not be used: make a bucket with it"

// An s3Answer is the refusal of an S3 server.
type s3Answer struct{ minio.ErrorResponse }

func (a s3Answer) Error() string {
	text := strings.TrimSpace(fmt.Sprintf("S3 answered %d %s", a.StatusCode, a.Code))
	if message := strings.TrimRight(a.Message, ". "); message != "" && message != a.Code {
		text += fmt.Sprintf(" (%.200s)", message)
	}
	return text
}

// Unwrap returns what minio had made of it.
func (a s3Answer) Unwrap() error { return a.ErrorResponse }

// answerOf is false if err is no answer of a server.
func answerOf(err error) (minio.ErrorResponse, bool) {
	answer := minio.ToErrorResponse(err)
	return answer, answer.StatusCode != 0 || answer.Code != ""
}

// explain gives err its kind and the way to mend it. A nil err stays nil.
func (b *S3) explain(err error) error {
	if err == nil || errors.As(err, new(platen.Kind)) {
		return err
	}
	if answer, ok := answerOf(err); ok {
		return b.explainAnswer(answer)
	}
	kind, hint := b.diagnose(err)
	err = withoutURL(err)
	if hint != "" {
		err = fmt.Errorf("%w: %s", err, b.fill(hint))
	}
	return platen.WithKind(kind, err)
}

// diagnose explains an error that is no answer.
func (b *S3) diagnose(err error) (platen.Kind, string) {
	switch {
	case errors.Is(err, context.Canceled):
		return platen.Busy, ""
	case errors.Is(err, context.DeadlineExceeded):
		return platen.Busy, "the storage was too slow for the time limit: try again"
	case errors.Is(err, errNoCredentials):
		return platen.Internal, "give an access key and its secret, as in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
	case isTLS(err):
		return platen.Internal, "{endpoint} has no certificate that is trusted here: name its authority in SSL_CERT_FILE"
	case isPlain(err):
		return platen.Internal, "{endpoint} does not speak TLS: correct the port, or say http:// in the endpoint if the network in between is safe"
	case isTimeout(err):
		return platen.Busy, "{endpoint} did not answer in time: try again"
	case errors.As(err, new(*net.DNSError)):
		return platen.Busy, "the name in {endpoint} could not be looked up: correct the endpoint, or look at the DNS of this machine"
	case isCut(err):
		return platen.Busy, "the connection to {endpoint} was cut: try again"
	case errors.Is(err, errDamaged):
		return platen.Internal, "restore the object from a copy, or look for what changes it between here and {endpoint}"
	case isUnreachable(err):
		return platen.Busy, "{endpoint} cannot be reached: see that the storage runs, and that the endpoint is right"
	}
	return platen.Internal, ""
}

func isTimeout(err error) bool {
	var netErr net.Error
	return errors.As(err, &netErr) && netErr.Timeout()
}

// explainAnswer explains a refusal of the server.
func (b *S3) explainAnswer(answer minio.ErrorResponse) error {
	kind, hint := b.remedyOf(answer)
	var err error = s3Answer{answer}
	if hint != "" {
		err = fmt.Errorf("%w: %s", err, b.fill(hint))
	}
	return platen.WithKind(kind, err)
}

func (b *S3) remedyOf(answer minio.ErrorResponse) (platen.Kind, string) {
	for _, r := range s3Remedies() {
		if slices.Contains(r.codes, answer.Code) {
			return r.kind, r.hint
		}
	}
	switch {
	case strings.Contains(strings.ReplaceAll(answer.Message, " ", ""), "ObjectLock"):
		return platen.Internal, needsLock
	case strings.Contains(answer.Message, "HTTP request to an HTTPS server"):
		return platen.Internal, "{endpoint} speaks TLS: say https:// in the endpoint"
	case isPassingStatus(answer.StatusCode):
		return platen.Busy, "the storage cannot answer now: try again"
	}
	return platen.Internal, "see that an S3 server is at {endpoint}, and look into its log"
}

// fill puts the names of the configuration into a hint.
func (b *S3) fill(hint string) string {
	key := "who Platen is by its environment"
	if b.cfg.AccessKey != "" {
		key = "the access key " + b.cfg.AccessKey
	}
	endpoint := b.client.EndpointURL()
	return strings.NewReplacer("{bucket}", b.cfg.Bucket, "{endpoint}", endpoint.Scheme+"://"+endpoint.Host, "{key}", key).Replace(hint)
}

// withoutURL takes the URL out of the text of err: it repeats key and endpoint.
func withoutURL(err error) error {
	var urlErr *url.Error
	if !errors.As(err, &urlErr) {
		return err
	}
	if isCut(urlErr) {
		return errors.New("no answer")
	}
	return urlErr.Err
}
