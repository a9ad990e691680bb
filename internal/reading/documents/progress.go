package documents

import "io"

// tracked tells how much of a document was read.
type tracked struct {
	in          io.Reader
	done, total int64
	told        int64
	tell        func(done, total int64)
}

// tellEvery is how many bytes are read between two reports of progress.
const tellEvery = 256 << 10

func (c *tracked) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	if c.done += int64(n); c.tell != nil && (c.done-c.told >= tellEvery || err != nil) {
		c.told = c.done
		c.tell(min(c.done, c.total), c.total)
	}
	return n, err
}
