package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dicode/platen"
)

// A Filter chooses jobs or notices. Its zero value is all of the last 30 days.
type Filter struct {
	State    State     // empty: any
	Template string    // empty: any
	Webhook  string    // of notices; empty: any
	Dead     bool      // only those that failed through no fault of their own and were not done again
	From, To time.Time // of acceptance, days in UTC, both included; zero: 30 days up to now
	Before   string    // id of a job: only older ones
	Limit    int       // most jobs; 0: 50
}

const (
	defaultDays  = 30
	defaultLimit = 50
	maxDays      = 366
)

// Jobs returns a tenant's jobs, the newest first. next is the id to go on before,
// empty when there are no more.
func (q *Queue) Jobs(ctx context.Context, tenant platen.TenantID, f Filter) (list []Record, next string, err error) {
	return q.list(ctx, tenant, f, jobsFolder)
}

// Notices returns the deliveries of a tenant's notices as Jobs does.
func (q *Queue) Notices(ctx context.Context, tenant platen.TenantID, f Filter) (list []Record, next string, err error) {
	return q.list(ctx, tenant, f, noticesFolder)
}

func (q *Queue) list(ctx context.Context, tenant platen.TenantID, f Filter, folder string) (list []Record, next string, err error) {
	if f.To.IsZero() {
		f.To = q.now()
	}
	if f.From.IsZero() {
		f.From = f.To.AddDate(0, 0, -defaultDays)
	}
	if f.Limit == 0 {
		f.Limit = defaultLimit
	}
	if days := f.To.Sub(f.From) / (24 * time.Hour); days < 0 || days > maxDays {
		return nil, "", fmt.Errorf("from %s to %s: want at most %d days, the earlier one first: %w", day(f.From), day(f.To), maxDays, platen.Invalid)
	}
	l, err := q.ledger(tenant)
	if err != nil {
		return nil, "", err
	}
	pending, err := l.pendingByDay(ctx, folder == noticesFolder)
	if err != nil {
		return nil, "", err
	}
	for at := f.To.UTC(); day(at) >= day(f.From); at = at.AddDate(0, 0, -1) {
		ids, err := l.onDay(ctx, folder+day(at)+"/", pending[day(at)])
		if err != nil {
			return nil, "", err
		}
		for _, id := range ids {
			if f.Before != "" && id >= f.Before {
				continue
			}
			if len(list) == f.Limit {
				return list, list[len(list)-1].ID, nil
			}
			r, err := q.record(ctx, tenant, id)
			if errors.Is(err, platen.NotFound) {
				continue
			}
			if err != nil {
				return nil, "", err
			}
			wanted, err := q.wanted(ctx, l, f, r)
			if err != nil {
				return nil, "", err
			}
			if wanted {
				list = append(list, r)
			}
		}
	}
	return list, "", nil
}

// wanted reports whether a filter chooses a job.
func (q *Queue) wanted(ctx context.Context, l ledger, f Filter, r Record) (bool, error) {
	if !f.matches(r) || !f.Dead {
		return f.matches(r), nil
	}
	again, err := q.doneAgain(ctx, l, r.ID)
	return !again, err
}

// matches reports whether a filter chooses a job by what stands in its record.
func (f Filter) matches(r Record) bool {
	return (f.State == "" || f.State == r.State) && (f.Template == "" || f.Template == r.Template) && (!f.Dead || r.Dead) &&
		(f.Webhook == "" || r.Notice != nil && f.Webhook == r.Notice.Webhook)
}

// day is a day as it stands in the keys of terminal records.
func day(t time.Time) string { return t.UTC().Format("2006/01/02") }

// pendingByDay returns the ids of jobs, or of notices, that have not ended, by day of
// acceptance.
func (l ledger) pendingByDay(ctx context.Context, notices bool) (map[string][]string, error) {
	ids := map[string][]string{}
	for job, err := range l.pending(ctx) {
		if err != nil {
			return nil, fmt.Errorf("list what is pending: %w", err)
		}
		if at, err := acceptedAt(job.id); err == nil && isNotice(job.id) == notices {
			ids[day(at)] = append(ids[day(at)], job.id)
		}
	}
	return ids, nil
}

// onDay returns the ids in the folder of a day, with those that are pending, the newest
// first.
func (l ledger) onDay(ctx context.Context, folder string, pending []string) ([]string, error) {
	ids := slices.Clone(pending)
	for key, err := range l.bucket.List(ctx, folder) {
		if err != nil {
			return nil, fmt.Errorf("list %s: %w", folder, err)
		}
		ids = append(ids, strings.TrimSuffix(strings.TrimPrefix(key, folder), ".json"))
	}
	slices.Sort(ids)
	slices.Reverse(ids)
	return slices.Compact(ids), nil
}
