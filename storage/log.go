package storage

import (
	"context"
	"fmt"
	"iter"
	"strconv"
	"strings"
)

// A Log is a folder of a bucket that only grows: its entries are 00000001.json,
// 00000002.json and so on, each written once. The state of a thing is its newest
// entry, or what all of them come to. It is safe for concurrent use by any number of
// processes: of two that add the same entry one gets platen.Conflict.
type Log struct {
	bucket Bucket
	folder string // ends in "/"
}

// NewLog returns the log in a folder, which is a key.
func NewLog(bucket Bucket, folder string) Log { return Log{bucket, folder + "/"} }

// Key returns the key of an entry, for people.
func (l Log) Key(number int) string { return fmt.Sprintf("%s%08d.json", l.folder, number) }

// Get returns an entry, from 1, or an error that is platen.NotFound.
func (l Log) Get(ctx context.Context, number int) ([]byte, error) {
	return l.bucket.Get(ctx, l.Key(number))
}

// Add writes the entry of a number, which is the one after the last that the caller
// has read. It is platen.Conflict when somebody else was faster.
func (l Log) Add(ctx context.Context, number int, entry []byte) error {
	return l.bucket.Put(ctx, l.Key(number), entry)
}

// Last returns the number of the newest entry, 0 if there is none.
func (l Log) Last(ctx context.Context) (last int, err error) {
	for number, err := range l.numbers(ctx) {
		if err != nil {
			return 0, err
		}
		last = number
	}
	return last, nil
}

// numbers yields those of the entries.
func (l Log) numbers(ctx context.Context) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		for key, err := range l.bucket.List(ctx, l.folder) {
			if err != nil {
				yield(0, err)
				return
			}
			number, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(key, l.folder), ".json"))
			if err != nil || l.Key(number) != key {
				continue // something else stands in the folder
			}
			if !yield(number, nil) {
				return
			}
		}
	}
}
