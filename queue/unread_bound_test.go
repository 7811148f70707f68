package queue

import (
	"strconv"
	"testing"
	"time"
)

// However many records cannot be read, so many are known and no more.
func TestUnreadIsBounded(t *testing.T) {
	var u unread
	now, pause := time.Unix(1, 0), doubled(time.Second)
	for i := range maxUnread {
		u.missed(place{"acme", strconv.Itoa(i)}, now, pause)
	}
	last := place{"acme", "last"}
	if m := u.missed(last, now, pause); m.times == 1 || m.next != now.Add(maxBackoff) || len(u.jobs) != maxUnread {
		t.Errorf("one more is %+v, and %d are known", m, len(u.jobs))
	}
	if m := u.missed(place{"acme", "0"}, now, pause); m.times != 2 || m.next != now.Add(2*time.Second) {
		t.Errorf("one that is known is %+v", m)
	}
	now = now.Add(2 * maxBackoff)
	if m := u.missed(last, now, pause); m.times != 1 || len(u.jobs) != 1 {
		t.Errorf("when the others are long due it is %+v, and %d are known", m, len(u.jobs))
	}
	if u.forget(last); u.waits(last, now) || len(u.jobs) != 0 {
		t.Errorf("%d are known that are forgotten", len(u.jobs))
	}
}
