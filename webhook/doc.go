// Package webhook tells receivers outside that a document has ended, as Standard
// Webhooks 1.0 lays down (https://www.standardwebhooks.com). A Store keeps the
// webhooks of each tenant with their secrets; a Sender signs a notice and sends it,
// once: whoever calls it decides when to try again.
//
// The address comes from a tenant and is not trusted. allow.go says which ones are
// open, target.go reads the URL, dial.go connects to nothing but the address that
// was looked at. Read Deliver in sender.go first. NewClient is for others who ask at
// addresses that are not trusted.
package webhook
