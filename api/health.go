package api

import (
	"fmt"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"github.com/dicode/platen"
)

// health adds what machines ask: /livez, /readyz and /version. They need no credential.
func (a *API) health(router *gin.Engine) {
	router.GET("/livez", func(c *gin.Context) { c.String(http.StatusOK, "ok\n") })
	router.GET("/readyz", func(c *gin.Context) {
		if a.draining.Load() {
			writeProblem(c, newProblem(http.StatusServiceUnavailable, "the server is being stopped"))
			return
		}
		c.String(http.StatusOK, "ok\n")
	})
	router.GET("/version", func(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"version": platen.Version}) })
}

// recover answers 500 to a request in which the code panicked.
func (a *API) recover(c *gin.Context) {
	defer func() {
		if r := recover(); r != nil {
			if r == http.ErrAbortHandler {
				panic(r) // the answer was cut off on purpose
			}
			a.Log.Error("panic", "err", fmt.Sprint(r), "stack", string(debug.Stack()))
			if !c.Writer.Written() {
				writeProblem(c, newProblem(http.StatusInternalServerError, "something is broken here"))
			}
			c.Abort()
		}
	}()
	c.Next()
}

// log tells what was asked for and how it went: never what was in it.
func (a *API) log(c *gin.Context) {
	start := time.Now()
	c.Next()
	a.Log.Debug("request", "method", c.Request.Method, "path", c.FullPath(), "status", c.Writer.Status(), "took", time.Since(start))
}

// requestOf returns the request that huma wraps.
func requestOf(ctx huma.Context) *http.Request { return humagin.Unwrap(ctx).Request }
