package queue

import (
	"cmp"
	"slices"
	"sort"

	"github.com/dicode/platen"
)

// items are the tickets that wait, in the order in which they are served.
type items []*item

// compare orders by priority, and then by order of arrival.
func compare(a, b *item) int {
	return cmp.Or(cmp.Compare(rank(a.Priority), rank(b.Priority)), cmp.Compare(a.order, b.order))
}

// rank is 0 for interactive, and 1 for everything else.
func rank(p platen.Priority) int {
	if p == platen.Interactive {
		return 0
	}
	return 1
}

func (is *items) add(i *item) {
	n, _ := slices.BinarySearchFunc(*is, i, compare)
	*is = slices.Insert(*is, n, i)
}

// bulk returns where the bulk tickets begin; their number when there are none.
func (is items) bulk() int {
	return sort.Search(len(is), func(n int) bool { return rank(is[n].Priority) > 0 })
}

// heads returns the first job of each priority.
func (is items) heads() (jobs []string) {
	bulk := is.bulk()
	for _, some := range []items{is[:bulk], is[bulk:]} {
		if len(some) > 0 {
			jobs = append(jobs, some[0].Job)
		}
	}
	return jobs
}

func (is *items) remove(i *item) {
	if n, there := slices.BinarySearchFunc(*is, i, compare); there {
		*is = slices.Delete(*is, n, n+1)
	}
}

// delayed are the items that wait for their time, the next one first: a heap.
type delayed []*item

func (d delayed) Len() int           { return len(d) }
func (d delayed) Less(i, j int) bool { return d[i].NotBefore.Before(d[j].NotBefore) }
func (d delayed) Swap(i, j int) {
	d[i], d[j] = d[j], d[i]
	d[i].index, d[j].index = i, j
}

// Push is for container/heap.
func (d *delayed) Push(x any) {
	i := x.(*item)
	i.index = len(*d)
	*d = append(*d, i)
}

// Pop is for container/heap.
func (d *delayed) Pop() any {
	last := len(*d) - 1
	i := (*d)[last]
	i.index = -1
	*d = (*d)[:last]
	return i
}
