package outbox

import (
	"context"

	"golang.org/x/time/rate"
)

// Pace keeps to the provider's limit: a token bucket without bursts. The task
// queue's own limit lets three or four through in one second where two are
// allowed.
type Pace struct{ limiter *rate.Limiter }

// NewPace allows perSecond mails a second; zero or less is no limit.
func NewPace(perSecond float64) *Pace {
	if perSecond <= 0 {
		return &Pace{rate.NewLimiter(rate.Inf, 1)}
	}
	return &Pace{rate.NewLimiter(rate.Limit(perSecond), 1)}
}

func (p *Pace) wait(ctx context.Context) error {
	if p == nil {
		return nil
	}
	return p.limiter.Wait(ctx)
}
