package planimport

func openXLSX(file File, o Options) (*source, error) { return nil, unreadable("x", "not yet") }
func oldOrEncrypted(file File) error                 { return unreadable("encrypted", "not yet") }
