package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/audit"
)

// atTerminal is the credential of who runs a command.
const atTerminal = "platen at the terminal"

// recorded does what a command is for, once it stands in the tenant's audit trail; where
// it fails, that stands there, too; where it cannot, the error tells both, and is of the
// kind of the failure.
func recorded[T any](ctx context.Context, of tenantFlags, e audit.Entry, do func() (T, error)) (result T, err error) {
	bucket, closeBucket, err := of.Store.open(ctx, streams{err: io.Discard}) // the command has warned
	if err != nil {
		return result, err
	}
	defer closeBucket()
	e.Credential = atTerminal
	e.From, _ = os.Hostname()
	trail := audit.New(audit.Config{Bucket: bucket, Now: time.Now})
	announced, err := trail.Add(ctx, platen.TenantID(of.Tenant), e)
	if err != nil {
		return result, err
	}
	result, err = do()
	if err == nil {
		return result, nil
	}
	if unsaid := trail.Fail(context.WithoutCancel(ctx), announced[0], platen.KindOf(err)); unsaid != nil {
		unsaid = fmt.Errorf("the audit trail does not tell that it failed: %w", unsaid)
		err = platen.WithKind(platen.KindOf(err), errors.Join(err, unsaid))
	}
	return result, err
}

// whoFlags say who does something of which only the audit trail tells, and why.
type whoFlags struct {
	By     string `default:"${user}" help:"Who does it."`
	Reason string `help:"Why; it stands in the audit trail."`
}

func (f whoFlags) entry(action audit.Action, kind, id string) audit.Entry {
	return actFlags(f).entry(action, kind, id)
}

// entry is what somebody does to something, and why.
func (f actFlags) entry(action audit.Action, kind, id string) audit.Entry {
	return audit.Entry{Action: action, By: f.By, Reason: f.Reason, On: []audit.Object{{Type: kind, ID: id}}}
}

func (f changeFlags) entry(action audit.Action, kind, id string) audit.Entry {
	return actFlags(f).entry(action, kind, id)
}
