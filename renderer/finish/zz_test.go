package finish
import ("testing";"os")
func TestZZ(t *testing.T) {
	src := printed(t, `<style>@page { margin: 20mm; @bottom-center { content: "page " counter(page) } } td { border: 1px solid } div { background: linear-gradient(red, blue); height: 1cm }</style>
		<h1>One</h1><div></div><table><tr><th scope="col">A<td>B</table><p style="transform: rotate(9deg); opacity: 0.5; text-decoration: underline wavy">turned</p>
		<svg width="50" height="50"><circle cx="20" cy="20" r="9" fill="red"/></svg><ul><li>x</ul><p style="break-before: page">second`)
	f := open1(t, src)
	for p := range f.Pages() { c, _ := f.Content(p); os.Stdout.Write(c); os.Stdout.WriteString("\n=====\n"); os.Stdout.Write(withArtifacts(c)); break }
}
