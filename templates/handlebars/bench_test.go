package handlebars_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/aymerick/raymond"

	"github.com/dicode/platen"
	"github.com/dicode/platen/templates/handlebars"
)

// rowsTemplate prints ten columns of each row, as a batch record's table does.
const rowsTemplate = `<table>
{{#each rows}}
  <tr class="{{status}}">
    <td>{{@index}}</td><td>{{code}}</td><td>{{name}}</td><td>{{lot}}</td><td>{{planned.value}} {{planned.unit}}</td>
    <td>{{actual}}</td><td>{{by}}</td>{{#if checked}}<td>{{checkedBy}}</td>{{else}}<td>-</td>{{/if}}
  </tr>
{{/each}}
</table>
`

func rowsData(n int) string {
	var b strings.Builder
	b.WriteString(`{"rows":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"status":"ok","code":"M-%d","name":"Lactose <200 mesh>","lot":"L%d","planned":{"value":12.500,"unit":"kg"},"actual":"12.50","by":"A. Meier","checked":true,"checkedBy":"B. Roth"}`, i, i)
	}
	b.WriteString(`]}`)
	return b.String()
}

func benchmarkRows(b *testing.B, n int) {
	tpl, err := handlebars.Parse("rows.hbs", []byte(rowsTemplate), handlebars.DefaultLimits)
	if err != nil {
		b.Fatal(err)
	}
	data := parseData(b, rowsData(n))
	env := &handlebars.Env{Strict: true, Helpers: testHelpers()}
	b.ReportAllocs()
	for b.Loop() {
		if err := tpl.Execute(b.Context(), io.Discard, data, env); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRows7400(b *testing.B)  { benchmarkRows(b, 7400) }
func BenchmarkRows50000(b *testing.B) { benchmarkRows(b, 50000) }

// BenchmarkRaymond925 and 7400 are what the archived library needs for the same.
func BenchmarkRaymond925(b *testing.B)  { benchmarkRaymond(b, 925) }
func BenchmarkRaymond7400(b *testing.B) { benchmarkRaymond(b, 7400) }

func benchmarkRaymond(b *testing.B, n int) {
	tpl, err := raymond.Parse(rowsTemplate)
	if err != nil {
		b.Fatal(err)
	}
	data := platen.Plain(parseData(b, rowsData(n)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tpl.Exec(data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	src := []byte(strings.Repeat(rowsTemplate, 50))
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := handlebars.Parse("rows.hbs", src, handlebars.DefaultLimits); err != nil {
			b.Fatal(err)
		}
	}
}
