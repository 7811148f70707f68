package storage

import (
	"container/list"
	"sync"
)

// An LRU keeps values up to a size. The one that was not asked for the longest goes
// first. It is safe for concurrent use.
type LRU[V any] struct {
	limit int

	mu    sync.Mutex
	size  int
	items map[string]*list.Element
	order *list.List // of *sized[V], the latest first
}

type sized[V any] struct {
	key   string
	value V
	size  int
}

// NewLRU returns an empty LRU for values whose sizes are up to limit together.
func NewLRU[V any](limit int) *LRU[V] {
	return &LRU[V]{limit: limit, items: map[string]*list.Element{}, order: list.New()}
}

// Get returns the value of a key.
func (l *LRU[V]) Get(key string) (value V, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.items[key]
	if e == nil {
		return value, false
	}
	l.order.MoveToFront(e)
	return e.Value.(*sized[V]).value, true
}

// Set keeps a value in the place of the one that the key had. One that is larger than
// the limit is not kept.
func (l *LRU[V]) Set(key string, value V, size int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e := l.items[key]; e != nil {
		l.remove(e)
	}
	if size > l.limit {
		return
	}
	l.items[key] = l.order.PushFront(&sized[V]{key, value, size})
	for l.size += size; l.size > l.limit; {
		l.remove(l.order.Back())
	}
}

// Delete forgets the value of a key, if there is one.
func (l *LRU[V]) Delete(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e := l.items[key]; e != nil {
		l.remove(e)
	}
}

func (l *LRU[V]) remove(e *list.Element) {
	s := l.order.Remove(e).(*sized[V])
	delete(l.items, s.key)
	l.size -= s.size
}
