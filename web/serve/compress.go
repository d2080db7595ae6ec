package serve

import (
	"net/http"

	"github.com/klauspost/compress/gzhttp"
)

// NotCompressed is the header by which a handler says that its answer is to be left
// as it is, whatever its type. It does not leave the house.
const NotCompressed = gzhttp.HeaderNoCompression

// compressible are the types of what the pages and the API write. What others have sent
// is of other types, or is marked as NotCompressed; static files are compressed before.
var compressible = []string{"text/html", "application/json", "application/problem+json", "application/openapi+json", "image/svg+xml"}

// Compress compresses answers for those who take that.
//
// Where a page shows a secret beside what was in the request, somebody who can make a browser send
// requests and can see how long the answers are could guess the secret bit by bit: the closer
// the guess, the smaller the answer (BREACH). So each answer is longer by up to 64 bytes. How many
// they are follows from its content: asking for the same again does not even it out. SameSite of the
// cookie keeps pages of other sites from making such requests unseen.
//
// Answers keep their ETag, though their bytes differ by the encoding: it names the revision
// of a thing, which If-Match is compared with, and no cache in between may keep them.
func Compress(next http.Handler) http.Handler { return compress(next) }

// compress is made once. Its options are constants, and it refuses only wrong ones.
var compress = func() func(http.Handler) http.HandlerFunc {
	wrapper, err := gzhttp.NewWrapper(gzhttp.ContentTypes(compressible), gzhttp.EnableZstd(false), gzhttp.RandomJitter(64, 0, false))
	if err != nil {
		panic(err)
	}
	return wrapper
}()
