package files

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	_ "image/gif"
	_ "image/jpeg"
	"image/png"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // read, as the formats above are

	"coachflow/coaching"
)

// LargestLogo is how large the picture of a logo may be that somebody gives, in bytes.
const LargestLogo = 2 << 20

// A logo is shown at most half as high and wide, in pixels; screens with fine pixels show
// all of it. What is larger on any side than largestSide is not decoded.
const (
	logoHeight  = 96
	logoWidth   = 480
	largestSide = 5000
)

// Logo is the picture of a logo as it is kept, with its id, which is that of its content.
type Logo struct {
	ID      string
	Picture []byte // PNG
}

// MakeLogo draws a picture anew, in the size of a logo: what else is in the file does not
// come with it. It takes PNG, JPEG, GIF and WebP.
func MakeLogo(file []byte) (Logo, error) {
	size, format, err := image.DecodeConfig(bytes.NewReader(file))
	switch {
	case len(file) > LargestLogo:
		return Logo{}, coaching.Problemf(coaching.TooLarge, "logo_too_large", "A logo is a picture of at most 2 MB. Save it smaller, and choose it again.")
	case err != nil:
		return Logo{}, notALogo()
	case size.Width > largestSide || size.Height > largestSide || size.Width < 1 || size.Height < 1:
		return Logo{}, coaching.Problemf(coaching.Invalid, "logo_too_large", "A logo is at most %d pixels wide and high. Save it smaller, and choose it again.", largestSide)
	}
	whole, _, err := image.Decode(bytes.NewReader(file))
	if err != nil {
		return Logo{}, notALogo()
	}
	var out bytes.Buffer
	if err := png.Encode(&out, scaled(whole)); err != nil {
		return Logo{}, fmt.Errorf("draw a logo from %s: %w", format, err)
	}
	sum := sha256.Sum256(out.Bytes())
	return Logo{ID: hex.EncodeToString(sum[:8]), Picture: out.Bytes()}, nil
}

func notALogo() error {
	return coaching.Problemf(coaching.Invalid, "logo_invalid", "This is no picture that can be used as a logo. Choose a PNG, JPEG, GIF or WebP.")
}

// scaled draws a picture no larger than a logo.
func scaled(whole image.Image) image.Image {
	bounds := whole.Bounds()
	width, height := bounds.Dx(), bounds.Dy()
	if height > logoHeight {
		width, height = max(1, width*logoHeight/height), logoHeight
	}
	if width > logoWidth {
		width, height = logoWidth, max(1, height*logoWidth/width)
	}
	out := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.CatmullRom.Scale(out, out.Bounds(), whole, bounds, draw.Over, nil)
	return out
}
