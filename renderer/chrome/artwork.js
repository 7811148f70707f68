// Gives each child of the body a page that is as large as the child.
(() => {
	const rules = Array.from(document.body.children, (child, i) => {
		const box = child.getBoundingClientRect();
		const [width, height] = [Math.ceil(box.width), Math.ceil(box.height)];
		child.style.page = "artwork" + i;
		child.style.height = height - 1 + "px"; // a rounded length must not run over
		return `@page artwork${i} { size: ${width}px ${height}px; margin: 0 }`;
	});
	const sheet = document.createElement("style");
	sheet.textContent = rules.join("\n");
	document.head.append(sheet);
})()
