package tenant

import (
	"fmt"
	"strings"
)

// Regulatory settings are what a tenant's quality system asks for.
type Regulatory struct {
	ESignature         Text     `json:"eSignature,omitzero"`          // what an electronic signature means in law; templates print it as the text eSignature
	AuditRetentionDays int      `json:"auditRetentionDays,omitempty"` // how long the audit trail is kept; 0: for good
	Approval           Approval `json:"approval,omitzero"`
}

// An Approval is what a version of a template needs before it may be activated. The zero
// value asks for nothing.
type Approval struct {
	Approvals  int      `json:"approvals,omitempty"`  // by how many people
	TwoPersons bool     `json:"twoPersons,omitempty"` // whoever has published the version cannot approve it
	Meanings   []string `json:"meanings,omitempty"`   // that an approval may have (21 CFR 11.50); empty: any
	Reasons    bool     `json:"reasons,omitempty"`    // whatever is done with a version needs a reason
}

// Limits are how much a tenant may ask for. They count where they are lower than those
// of the installation; 0 leaves it at those.
type Limits struct {
	RequestsPerMinute     int `json:"requestsPerMinute,omitempty"`
	RequestsPerMinuteEach int `json:"requestsPerMinuteEach,omitempty"` // of one credential
	Running               int `json:"running,omitempty"`               // jobs at once
	Queued                int `json:"queued,omitempty"`                // jobs that wait
	RequestBytes          int `json:"requestBytes,omitempty"`          // of the body of a request
	Pages                 int `json:"pages,omitempty"`                 // of a document
	Seconds               int `json:"seconds,omitempty"`               // that making a document may take
	OutputBytes           int `json:"outputBytes,omitempty"`           // of a filled template, and of a document
}

// Within returns the limits, none of them above those of the installation.
func (l Limits) Within(bounds Limits) Limits {
	return Limits{
		RequestsPerMinute:     lower(l.RequestsPerMinute, bounds.RequestsPerMinute),
		RequestsPerMinuteEach: lower(l.RequestsPerMinuteEach, bounds.RequestsPerMinuteEach),
		Running:               lower(l.Running, bounds.Running),
		Queued:                lower(l.Queued, bounds.Queued),
		RequestBytes:          lower(l.RequestBytes, bounds.RequestBytes),
		Pages:                 lower(l.Pages, bounds.Pages),
		Seconds:               lower(l.Seconds, bounds.Seconds),
		OutputBytes:           lower(l.OutputBytes, bounds.OutputBytes),
	}
}

// lower returns the lower of two limits, of which 0 is none.
func lower(a, b int) int {
	if a == 0 || b == 0 {
		return max(a, b)
	}
	return min(a, b)
}

const (
	maxRetention = 100 * 366 // days
	maxApprovals = 10
	maxMeanings  = 20
	maxMeaning   = 100 // bytes
)

func (r Regulatory) validate() error {
	const field = "regulatory"
	if r.ESignature.Format != Markdown || len(r.ESignature.Locales) > 0 || len(r.ESignature.Blocks) > 0 {
		if err := r.ESignature.validate(field + ".eSignature"); err != nil {
			return err
		}
	}
	if r.AuditRetentionDays < 0 || r.AuditRetentionDays > maxRetention {
		return refuse(field+".auditRetentionDays", "is %d: want 1 to %d days, or leave it out to keep the audit trail for good", r.AuditRetentionDays, maxRetention)
	}
	return r.Approval.validate(field + ".approval")
}

func (a Approval) validate(field string) error {
	if a.Approvals < 0 || a.Approvals > maxApprovals {
		return refuse(field+".approvals", "is %d: want 0 to %d people", a.Approvals, maxApprovals)
	}
	if a.TwoPersons && a.Approvals == 0 {
		return refuse(field+".twoPersons", "is true, and no approval is asked for: set approvals to 1 or more")
	}
	if len(a.Meanings) > maxMeanings {
		return refuse(field+".meanings", "has %d: want at most %d", len(a.Meanings), maxMeanings)
	}
	for i, m := range a.Meanings {
		if strings.TrimSpace(m) == "" || len(m) > maxMeaning || strings.ContainsFunc(m, isControl) {
			return refuse(fmt.Sprintf("%s.meanings[%d]", field, i), "is empty, longer than %d bytes or has characters that are not printed: want words, as in Reviewed", maxMeaning)
		}
	}
	return nil
}

func (l Limits) validate() error {
	for _, n := range []struct {
		name  string
		value int
	}{
		{"requestsPerMinute", l.RequestsPerMinute}, {"requestsPerMinuteEach", l.RequestsPerMinuteEach},
		{"running", l.Running}, {"queued", l.Queued}, {"requestBytes", l.RequestBytes},
		{"pages", l.Pages}, {"seconds", l.Seconds}, {"outputBytes", l.OutputBytes},
	} {
		if n.value < 0 {
			return refuse("limits."+n.name, "is %d: want 1 or more, or leave it out", n.value)
		}
	}
	return nil
}
