import MetaTapeCommand

MetaTapeCommand.main()
