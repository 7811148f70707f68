// Package handlebars is the template language: Handlebars as handlebars.js 4.7
// has it, strict by default, with exact positions and a budget on everything.
package handlebars
