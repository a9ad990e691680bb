package grpcserver

// Closing is closed when the server has been told to stop.
func (s *Server) Closing() <-chan struct{} { return s.closing }
