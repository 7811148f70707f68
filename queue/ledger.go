package queue

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
)

// The ledger of a tenant, in its bucket:
//
//	idempotency/<sha256 of the key>.json  which job a key belongs to
//	pending/<job>.json                    accepted, not ended
//	pending/<job>.started-1.json          an attempt
//	pending/<job>.failed-1.json           how it ended
//	jobs/<yyyy>/<mm>/<dd>/<job>.json      the terminal record, by the day of acceptance
//	notices/<yyyy>/<mm>/<dd>/<id>.json    the same of a notice, which is pending as a job is
//
// What is pending is deleted once the terminal record is there.
type ledger struct {
	tenant platen.TenantID
	bucket storage.Bucket
}

func (q *Queue) ledger(tenant platen.TenantID) (ledger, error) {
	bucket, err := storage.ForTenant(q.bucket, tenant)
	return ledger{tenant, bucket}, err
}

const (
	pendingFolder = "pending/"
	jobsFolder    = "jobs/"
	noticesFolder = "notices/"
)

func pendingKey(job string) string { return pendingFolder + job + ".json" }
func startedKey(job string, n int) string {
	return fmt.Sprintf("%s%s.started-%d.json", pendingFolder, job, n)
}
func failedKey(job string, n int) string {
	return fmt.Sprintf("%s%s.failed-%d.json", pendingFolder, job, n)
}

// terminalKey returns where the terminal record of a job or notice stands. Which of
// the two it is, and the day, is in the id.
func terminalKey(job string) (string, error) {
	at, err := acceptedAt(job)
	if err != nil {
		return "", err
	}
	folder := jobsFolder
	if isNotice(job) {
		folder = noticesFolder
	}
	return folder + at.Format("2006/01/02/") + job + ".json", nil
}

// acceptedAt returns the time in the id of a job or notice.
func acceptedAt(job string) (time.Time, error) {
	id, err := uuid.Parse(job)
	if err != nil || id.Version() != jobVersion && id.Version() != noticeVersion || id.String() != job {
		return time.Time{}, fmt.Errorf("there is no job %q: %w", job, platen.NotFound)
	}
	ms := int64(0)
	for _, b := range id[:6] {
		ms = ms<<8 | int64(b)
	}
	return time.UnixMilli(ms).UTC(), nil
}

func (l ledger) put(ctx context.Context, key string, v any) error {
	var b bytes.Buffer
	text := json.NewEncoder(&b)
	text.SetEscapeHTML(false) // data without white space is kept byte for byte
	if err := text.Encode(v); err != nil {
		return fmt.Errorf("write %s: %w: %w", key, err, platen.Internal)
	}
	return l.bucket.Put(ctx, key, b.Bytes())
}

func (l ledger) get(ctx context.Context, key string, v any) error {
	b, err := l.bucket.Get(ctx, key)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, v); err != nil {
		return fmt.Errorf("%s is damaged: %w: %w", key, err, platen.Internal)
	}
	return nil
}

// accepted returns a job that has not ended.
func (l ledger) accepted(ctx context.Context, job string) (a Accepted, err error) {
	return a, l.get(ctx, pendingKey(job), &a)
}

// terminal returns the record of a job that has ended.
func (l ledger) terminal(ctx context.Context, job string) (r Record, err error) {
	key, err := terminalKey(job)
	if err != nil {
		return r, err
	}
	return r, l.get(ctx, key, &r)
}

// end writes the terminal record. When another one has been written before, that
// one counts, and is returned. What is pending is then to be forgotten.
func (l ledger) end(ctx context.Context, r Record) (Record, error) {
	key, err := terminalKey(r.ID)
	if err != nil {
		return r, err
	}
	err = l.put(ctx, key, r)
	if errors.Is(err, platen.Conflict) {
		r, err = l.terminal(ctx, r.ID)
	}
	if err != nil {
		return r, fmt.Errorf("end job %s: %w", r.ID, err)
	}
	return r, nil
}

// forget deletes what is pending of a job with these attempts, the last one first and
// the job itself last, so that what is left is found again when this is interrupted.
func (l ledger) forget(ctx context.Context, job string, attempts []Attempt) error {
	var keys []string
	for _, a := range slices.Backward(attempts) {
		if !a.Ended.IsZero() {
			keys = append(keys, failedKey(job, a.Number))
		}
		keys = append(keys, startedKey(job, a.Number))
	}
	return l.delete(ctx, append(keys, pendingKey(job)))
}

func (l ledger) delete(ctx context.Context, keys []string) error {
	for _, key := range keys {
		if err := l.bucket.Delete(ctx, key); err != nil {
			return fmt.Errorf("forget what was pending: %w", err)
		}
	}
	return nil
}

// attempts returns the attempts of a job that has not ended. They are numbered from 1
// without a gap.
func (l ledger) attempts(ctx context.Context, job string) (list []Attempt, err error) {
	for n := 1; ; n++ {
		var a Attempt
		err := l.get(ctx, startedKey(job, n), &a)
		if errors.Is(err, platen.NotFound) {
			return list, nil
		}
		if err == nil {
			err = l.get(ctx, failedKey(job, n), &a)
		}
		if err != nil && !errors.Is(err, platen.NotFound) {
			return nil, err
		}
		list = append(list, a)
	}
}

// unended returns what is known of a job that has not ended.
func (l ledger) unended(ctx context.Context, job string) (r Record, err error) {
	a, err := l.accepted(ctx, job)
	if err != nil {
		return r, err
	}
	r = newRecord(a)
	if r.Attempts, err = l.attempts(ctx, job); err != nil {
		return r, err
	}
	if n := len(r.Attempts); n > 0 && r.Attempts[n-1].Ended.IsZero() {
		r.State = Running
	}
	return r, nil
}

// A pendingJob is a job that has not ended, or one that has and of which something
// was left behind.
type pendingJob struct {
	id   string
	keys []string // all that is pending of it
}

// pending yields what is pending, in the order of the ids.
func (l ledger) pending(ctx context.Context) iter.Seq2[pendingJob, error] {
	return func(yield func(pendingJob, error) bool) {
		var job pendingJob
		for key, err := range l.bucket.List(ctx, pendingFolder) {
			if err != nil {
				yield(job, err)
				return
			}
			id, _, _ := strings.Cut(strings.TrimPrefix(key, pendingFolder), ".")
			if id != job.id {
				if job.id != "" && !yield(job, nil) {
					return
				}
				job = pendingJob{id: id}
			}
			job.keys = append(job.keys, key)
		}
		if job.id != "" {
			yield(job, nil)
		}
	}
}

// A claim of a key belongs to one job, for good.
type keyed struct {
	Job    string `json:"job"`
	Digest string `json:"digest"` // of what was asked for
}

// claim returns the job that an idempotency key belongs to: this one, unless the
// key was used before. Errors are as of holder.
func (l ledger) claim(ctx context.Context, key string, k keyed) (job string, err error) {
	err = l.put(ctx, claimKey(key), k)
	if errors.Is(err, platen.Conflict) {
		return l.holder(ctx, key, k.Digest)
	}
	if err != nil {
		return "", fmt.Errorf("keep the idempotency key: %w", err)
	}
	return k.Job, nil
}

// holder returns the job that an idempotency key belongs to, or NotFound. It is
// Conflict and ErrKeyReused when the key came with what has another digest.
func (l ledger) holder(ctx context.Context, key, digest string) (job string, err error) {
	k, err := l.claimed(ctx, key)
	if err != nil {
		return "", fmt.Errorf("read the idempotency key: %w", err)
	}
	if k.Digest != digest {
		return "", fmt.Errorf("%w: %w", ErrKeyReused, platen.Conflict)
	}
	return k.Job, nil
}

// claimed returns the job that an idempotency key belongs to, or NotFound.
func (l ledger) claimed(ctx context.Context, key string) (k keyed, err error) {
	return k, l.get(ctx, claimKey(key), &k)
}

func claimKey(key string) string { return "idempotency/" + platen.Digest([]byte(key)) + ".json" }
