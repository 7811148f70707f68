package storage

import "time"

// SetLease has turns end sooner when nobody extends them.
func (t *RedisTurns) SetLease(d time.Duration) { t.lease = d }
