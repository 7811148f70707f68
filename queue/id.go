package queue

import (
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/dicode/platen"
)

// Ids are UUIDs that begin with the time of acceptance (RFC 9562): those of jobs and
// batches have version 7, those of notices have the same layout and version 8.
const (
	jobVersion    = 7
	noticeVersion = 8
)

// newID returns the id of a job or batch.
func newID() (string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("make an id: %w: %w", err, platen.Internal)
	}
	return id.String(), nil
}

// noticeID returns the id of a notice that is accepted at a time: always the same for
// the same seed, so that a notice that is made twice is one.
func noticeID(at time.Time, seed string) string {
	sum := sha256.Sum256([]byte(seed))
	id := uuid.UUID(sum[:16])
	ms := at.UnixMilli()
	for i := 5; i >= 0; i-- {
		id[i] = byte(ms)
		ms >>= 8
	}
	id[6] = noticeVersion<<4 | id[6]&0x0f
	id[8] = 0x80 | id[8]&0x3f
	return id.String()
}

// isNotice reports whether an id is that of a notice. One that is no id is not.
func isNotice(id string) bool {
	const version = 14 // where it stands in the text
	return len(id) > version && id[version] == '0'+noticeVersion
}
