package templates

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/dicode/platen"
	"github.com/dicode/platen/tenant"
)

// Rules are what a tenant wants before a version may be activated.
type Rules = tenant.Approval

// accept returns an error when the tenant's rules do not allow somebody to approve a
// version.
func accept(r Rules, v Version, act Act) error {
	switch {
	case act.Name == "" || act.Meaning == "":
		return &platen.FieldError{Field: "approval", Reason: "names nobody, or no meaning: want the printed name of the person and the meaning of the approval (21 CFR 11.50)"}
	case len(r.Meanings) > 0 && !slices.Contains(r.Meanings, act.Meaning):
		return &platen.FieldError{Field: "meaning", Reason: fmt.Sprintf("is %q: the tenant's settings have %s", act.Meaning, strings.Join(r.Meanings, ", "))}
	case r.TwoPersons && v.Published.By == act.By:
		return fmt.Errorf("whoever has published a version cannot approve it: ask somebody else: %w", platen.Denied)
	case slices.ContainsFunc(v.Approvals, func(e Entry) bool { return e.By == act.By }):
		return fmt.Errorf("%s has approved version %s already: %w", act.By, v.Version, platen.Conflict)
	}
	return nil
}

// ruled returns the rules of a tenant, or an error where they want a reason for what is
// done, and there is none.
func (l *Library) ruled(ctx context.Context, id platen.TenantID, act Act) (Rules, error) {
	r, err := l.rules(ctx, id)
	if err == nil && r.Reasons && strings.TrimSpace(act.Reason) == "" {
		err = &platen.FieldError{Field: "reason", Reason: "is empty: the tenant's settings want one for all that is done with a template"}
	}
	return r, err
}
