// Package keys holds the keys under which tenants' data is encrypted: a keyset for each
// tenant, wrapped by a master key that is kept elsewhere, and destroyed when the tenant's
// data is to become unreadable.
//
// A Ring finds and makes keysets (ring.go, record.go), a Set seals and opens values
// (set.go), a Master wraps keysets (master.go, keyfile.go). In the store stands
//
//	keys/<tenant>/00000001.json     the first version of the tenant's keyset, wrapped
//	keys/<tenant>/00000002.json     the next one: all keys of the first, and a new one
//	keys/<tenant>/requests/….json   who asked that they be destroyed, and why
//	keys/<tenant>/destroyed.json    the tenant's keys are gone for good
//
// These are never locked, and never part of an ordinary backup: what is left of a keyset
// in a backup would open what was to be unreadable.
package keys
