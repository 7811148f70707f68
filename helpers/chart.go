package helpers

func graphicsHelpers() []definition { return barcodeHelpers() }
