package platen

import "time"

// Delivery says who is told when a document has ended.
type Delivery struct {
	Webhooks []string `json:"webhooks,omitempty"` // names of webhooks of the tenant
}

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
