package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/helpers/zones"
)

// A builder makes one record. The clock runs on as the procedure is executed.
type builder struct {
	*catalogue
	size       size
	id         string
	lot        string
	now        time.Time
	dice       dice
	lots       int
	stages     []stage
	spans      map[string][]span // when each stage ran, by its key
	stories    []story           // that have not happened yet
	deviations []any
	exceptions []any
	audit      []entry
}

// A span is when and as which steps a stage ran.
type span struct {
	part            string    // which sub-lot, in words; "" for the whole batch
	unit, operation string    // ids of the unit procedure and its longest operation
	start, end      time.Time // of the operation
}

// record makes the record of a size.
func record(s size) *platen.Object {
	b := newBuilder(s)
	start := b.now
	b.log(b.person(3), "create", b.id, "", nil, fmt.Sprintf(b.words.issued, b.product.master, "6.0"), nil)
	b.now = b.now.Add(25 * time.Minute)
	started := b.now
	materials := b.materialList()
	procedure := b.procedure()
	completed := b.now
	controls := b.controlList()
	clearances, yields := []any{}, []any{}
	if !s.brief {
		clearances, yields = b.clearances(), b.yields()
	}
	reconciliation := b.reconciliations()
	attachments := b.attachmentList()
	if !s.brief {
		b.correct()
	}
	signed := b.sign()
	data := obj(
		"contract", "batch-record/1",
		"record", b.head(start),
		"master", b.master(),
		"product", b.productData(),
		"batch", b.batch(started, completed),
		"site", b.siteData(),
		"people", b.peopleList(),
		"equipment", b.equipmentList(start),
		"materials", materials,
		"procedure", procedure,
		"inProcessControls", controls,
		"lineClearance", clearances,
		"yields", yields,
		"reconciliation", reconciliation,
		"deviations", b.deviations,
		"exceptions", b.exceptions,
		"signatures", signed,
		"audit", b.auditTrail(),
		"attachments", attachments,
		"release", obj("decision", "released", "by", b.person(7), "at", stamp(b.now), "statement", b.words.statement, "certificate", "COA-"+b.lot),
	)
	b.dropIdle(data)
	return data
}

// dropIdle leaves out the people who had no part in the batch.
func (b *builder) dropIdle(data *platen.Object) {
	named := map[any]bool{}
	var visit func(v any)
	visit = func(v any) {
		switch v := v.(type) {
		case string:
			named[v] = true
		case []any:
			for _, e := range v {
				visit(e)
			}
		case *platen.Object:
			for name, e := range v.All() {
				if name != "people" {
					visit(e)
				}
			}
		}
	}
	visit(data)
	people, _ := data.Get("people")
	data.Set("people", slices.DeleteFunc(people.([]any), func(p any) bool {
		id, _ := p.(*platen.Object).Get("id")
		return !named[id]
	}))
}

func newBuilder(s size) *builder {
	zone := check(zones.Load(s.catalogue.timeZone))
	b := &builder{
		catalogue:  s.catalogue,
		size:       s,
		id:         fmt.Sprintf("%s%05d", s.catalogue.prefix, s.number),
		lot:        fmt.Sprintf("BS26C%03d", s.number%1000),
		now:        check(time.ParseInLocation("2006-01-02 15:04", s.catalogue.start, zone)),
		dice:       dice{uint64(s.number)},
		lots:       s.lots,
		spans:      map[string][]span{},
		stories:    first(s.catalogue.stories, s.deviations),
		deviations: []any{},
		exceptions: []any{},
	}
	if s.deviations == 0 {
		b.stories = nil
	}
	for _, st := range s.catalogue.stages {
		if len(s.stages) == 0 || contains(s.stages, st.key) {
			b.stages = append(b.stages, st)
		}
	}
	return b
}

// person returns the id of person i of the catalogue.
func (b *builder) person(i int) string { return b.people[i%len(b.people)].id }

// operator takes turns by shift of eight hours, verifier by day.
func (b *builder) operator() string { return b.person(b.now.Hour() / 8) }
func (b *builder) verifier() string { return b.person(3 + b.now.Day()%2) }

func signOff(by string, at time.Time) *platen.Object { return obj("by", by, "at", stamp(at)) }

// batchGrams is the size of the batch: the catalogue's is that of four sub-lots.
func (b *builder) batchGrams() int { return b.product.batchKg * 1000 * b.lots / 4 }

func (b *builder) head(created time.Time) *platen.Object {
	return obj(
		"id", b.id, "title", b.words.title, "revision", "3", "status", "approved", "language", b.language, "direction", b.direction, "timeZone", b.timeZone,
		"createdAt", stamp(created),
		"retention", obj("until", "2031-04-01", "basis", b.words.basis),
	)
}

func (b *builder) master() *platen.Object {
	p := b.product
	zone := b.now.Location()
	approved := time.Date(2025, 9, 8, 10, 22, 41, 0, zone)
	return obj(
		"id", p.master, "version", "6.0", "title", p.name+" "+p.strength, "effectiveFrom", "2025-09-15",
		"recipe", obj("id", "RCP-"+p.master[len("MBR-"):], "version", "4", "name", p.recipe),
		"approvals", []any{
			obj("name", b.people[6].name, "role", b.people[6].role, "at", stamp(approved)),
			obj("name", b.people[7].name, "role", b.people[7].role, "at", stamp(approved.Add(27*time.Hour))),
		},
	)
}

func (b *builder) productData() *platen.Object {
	p := b.product
	return obj(
		"code", p.code, "name", p.name, "strength", p.strength, "dosageForm", p.form, "description", p.description,
		"activeSubstances", []any{obj("name", p.substance, "amount", obj("value", p.amount, "unit", p.amountUnit))},
		"shelfLife", p.shelfLife, "storage", p.storage, "marketingAuthorisation", p.authorisation, "gtin", p.gtin,
	)
}

func (b *builder) batch(started, completed time.Time) *platen.Object {
	return obj(
		"number", b.lot, "order", fmt.Sprintf("45000%05d", 87000+b.size.number),
		"size", quantity(b.batchGrams(), 3, "kg"),
		"units", obj("value", fmt.Sprint(b.batchGrams()*1000/b.product.tabletMg), "unit", "tablets"),
		"manufacturedOn", day(started), "expiry", "2029-02-28", "startedAt", stamp(started), "completedAt", stamp(completed), "market", b.product.market,
	)
}

func (b *builder) siteData() *platen.Object {
	return obj("id", "SITE-07", "name", b.site[0], "company", b.site[1], "address", b.site[2], "authorisation", b.site[3])
}

func (b *builder) peopleList() []any {
	var out []any
	for _, p := range b.people {
		out = append(out, obj("id", p.id, "name", p.name, "userId", p.user, "role", p.role, "initials", p.initials, "department", p.department))
	}
	return out
}

// check returns v; the catalogues hold no value that err could speak of.
func check[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func contains(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}
