package renderer

import (
	"fmt"

	"github.com/dicode/platen"
	"github.com/dicode/platen/contract"
)

// A reading is the data of a job, read. Nothing changes it.
type reading struct {
	key      string
	data     any
	contract string // that it satisfies, "" where nobody has looked
	digest   string // of the canonical data; with contract
}

const (
	readingsBytes = 32 << 20 // of memory, for the data that was read last
	readingGrowth = 8        // bytes in memory for one of JSON, about
)

// readData parses the data of a job. What was checked before the job was queued is kept
// until it is rendered, and not parsed and checked once more.
func (r *Renderer) readData(job platen.Job) (reading, error) {
	key := string(job.Tenant) + " " + platen.Digest(job.Data)
	if read, ok := r.readings.Get(key); ok {
		return read, nil
	}
	data, err := platen.ParseData(job.Data, r.Limits)
	if err != nil {
		return reading{}, fmt.Errorf("read data: %w", err)
	}
	return reading{key: key, data: data}, nil
}

// satisfy checks that data satisfies a contract.
func (r *Renderer) satisfy(read reading, name string, size int) (reading, error) {
	if read.contract == name {
		return read, nil
	}
	c, err := contract.Open(name)
	if err != nil {
		return read, fmt.Errorf("the template's %w", err)
	}
	if err := c.Validate(read.data); err != nil {
		return read, err
	}
	read.contract, read.digest = name, platen.Digest(platen.AppendJSON(nil, read.data))
	r.readings.Set(read.key, read, readingGrowth*size)
	return read, nil
}
