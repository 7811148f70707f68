package platen

import (
	"fmt"
	"regexp"
	"slices"
	"time"
)

// Delivery says who is told when a document has ended.
type Delivery struct {
	Webhooks []string `json:"webhooks,omitempty"` // names of webhooks of the tenant
}

const maxWebhooks = 10 // that are told of one document

// Validate checks the names; the error is Invalid and names the field.
func (d Delivery) Validate() error {
	if len(d.Webhooks) > maxWebhooks {
		return refuse("delivery.webhooks", "names %d webhooks: want at most %d", len(d.Webhooks), maxWebhooks)
	}
	for i, name := range d.Webhooks {
		at := fmt.Sprintf("delivery.webhooks[%d]", i)
		if !IsWebhookName(name) {
			return refuse(at, "is %q: want the name of a webhook", name)
		}
		if slices.Contains(d.Webhooks[:i], name) {
			return refuse(at, "names %s again: want each webhook once", name)
		}
	}
	return nil
}

var webhookName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// IsWebhookName reports whether a webhook can have this name: lower-case letters,
// digits and hyphens, at most 63 of them, and no hyphen first.
func IsWebhookName(name string) bool { return webhookName.MatchString(name) }

// A Notice tells a webhook that a document has ended. It says where to look, not
// what is written there.
type Notice struct {
	ID       string    `json:"id"`       // the same each time it is sent, so that a receiver knows one that it has had
	Tenant   TenantID  `json:"tenant"`   // whose document it is
	Webhook  string    `json:"webhook"`  // name
	Type     string    `json:"type"`     // document.done, document.failed or document.cancelled
	Document string    `json:"document"` // id of the job
	At       time.Time `json:"at"`       // when the document ended, UTC
}
