package api

import (
	"context"
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
		if err := a.ready(); err != nil {
			a.fail(c.Request.Context(), c, err)
			return
		}
		c.String(http.StatusOK, "ok\n")
	})
	router.GET("/version", func(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"version": platen.Version}) })
}

// readyTimeout is how long what the server stands on may take to answer.
const readyTimeout = 2 * time.Second

// ready refuses new jobs while the server is being stopped, and while bucket or
// dispatcher do not answer. They are asked once for all who want to know at the time.
func (a *API) ready() error {
	if err := a.open(); err != nil {
		return err
	}
	_, err, _ := a.asking.Do("", func() (any, error) {
		ctx, cancel := context.WithTimeout(context.Background(), readyTimeout)
		defer cancel()
		return nil, a.Queue.Ready(ctx)
	})
	if err != nil {
		a.Log.Warn("the server is not ready", "err", err)
		return unavailable("what the server stands on does not answer")
	}
	return nil
}

// recover answers 500 to a request in which the code panicked.
func (a *API) recover(c *gin.Context) {
	defer func() {
		if r := recover(); r != nil {
			if r == http.ErrAbortHandler {
				panic(r) // the answer was cut off on purpose
			}
			a.Log.ErrorContext(c.Request.Context(), "a request panicked", "panic", platen.PanicText(r), "stack", string(debug.Stack()))
			if !c.Writer.Written() {
				writeProblem(c, newProblem(http.StatusInternalServerError, "something is broken here"))
			}
			c.Abort()
		}
	}()
	c.Next()
}

// requestOf returns the request that huma wraps.
func requestOf(ctx huma.Context) *http.Request { return humagin.Unwrap(ctx).Request }
