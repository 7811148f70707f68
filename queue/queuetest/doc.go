// Package queuetest holds the tests that every queue.Dispatcher passes, and starts
// the Redis that they need.
package queuetest
