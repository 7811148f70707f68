package main

// tabletStages is the procedure of the tablets, in order.
var tabletStages = []stage{
	{key: "dispensing", title: "Dispensing", description: "All starting materials are weighed under laminar flow, one material at a time. A second person verifies identity and mass of each container.", room: "1.102", equipment: []string{"WB-02", "WB-05", "SV-06"}, operations: []operation{
		{"Preparation of the dispensing booth", []phase{
			{"Check room conditions", "Read temperature, relative humidity and differential pressure at the panel and enter them.", false, 6, []parameter{{"Room temperature", "NKP", "°C", 210, 20, 40, 1}, {"Relative humidity", "KPP", "%", 45, 7, 10, 0}, {"Laminar flow velocity", "NKP", "m/s", 45, 6, 9, 2}}, []string{"Booth carries the status label \"clean\"", "Operators wear dust masks and double gloves"}},
			{"Check the scales", "Place the reference masses on both scales and enter the readings.", true, 9, []parameter{{"Reading of the 50 kg reference", "KPP", "g", 500000, 120, 250, 1}, {"Reading of the 2 kg reference", "KPP", "g", 200000, 5, 10, 2}}, []string{"Calibration labels are valid"}},
		}},
		{"Weighing", []phase{
			{"Weigh the active substance", "Weigh the quantity corrected for assay and water into a double-bagged container. Attach the dispensing label.", true, 32, []parameter{{"Net mass of the active substance", "CPP", "kg", 15000, 8, 15, 3}}, []string{"Identity confirmed by barcode scan", "Container closed and sealed, seal number recorded"}},
			{"Weigh the excipients", "Weigh filler, binder and disintegrant in the order of the list. Close each container before the next one is opened.", true, 84, []parameter{{"Net mass of microcrystalline cellulose", "KPP", "kg", 168000, 60, 120, 3}, {"Net mass of calcium hydrogen phosphate", "KPP", "kg", 246300, 80, 150, 3}, {"Net mass of maize starch", "KPP", "kg", 28800, 15, 30, 3}}, []string{"Identity confirmed by barcode scan for each container"}},
			{"Weigh the lubricant", "Pass magnesium stearate and silica through the 1 mm sieve into separate bags.", true, 25, []parameter{{"Net mass of magnesium stearate", "CPP", "kg", 4800, 5, 10, 3}, {"Net mass of silica", "KPP", "kg", 5100, 5, 10, 3}}, []string{"Sieve intact before use", "Sieve intact after use"}},
		}},
		{"Hand-over", []phase{
			{"Reconcile the dispensed containers", "Count the containers, compare with the dispensing list and transfer the pallet to the staging area.", false, 18, []parameter{{"Number of containers", "NKP", "1", 24, 1, 2, 0}}, []string{"All seals intact", "Pallet label attached"}},
		}},
	}},
	{key: "granulation", title: "Wet granulation", description: "The active substance and the intragranular excipients are mixed dry, wetted with binder solution and massed to the power end point.", room: "2.104", equipment: []string{"GR-01"}, perLot: true, loss: 20, operations: []operation{
		{"Binder solution", []phase{
			{"Prepare the binder solution", "Disperse the starch in purified water at 20 to 25 °C, then heat while stirring until the paste is clear.", false, 38, []parameter{{"Water temperature", "KPP", "°C", 225, 20, 30, 1}, {"Paste temperature", "KPP", "°C", 860, 25, 50, 1}, {"Stirrer speed", "NKP", "1/min", 240, 20, 40, 0}}, []string{"Paste is clear and free of lumps"}},
		}},
		{"Dry mixing", []phase{
			{"Charge the granulator", "Charge filler, active substance and disintegrant in this order through the closed transfer chute.", true, 22, []parameter{{"Charged mass", "KPP", "kg", 11550, 20, 40, 2}}, []string{"Dispensing labels of all containers scanned", "Chute emptied and knocked off"}},
			{"Mix dry", "Mix with the impeller; the chopper stays off.", false, 9, []parameter{{"Impeller speed, dry", "KPP", "1/min", 110, 6, 10, 0}, {"Mixing time", "KPP", "s", 300, 8, 15, 0}}, nil},
		}},
		{"Wet massing", []phase{
			{"Add the binder solution", "Spray the binder solution at constant rate while impeller and chopper are running.", true, 11, []parameter{{"Binder addition rate", "CPP", "kg/min", 300, 25, 45, 2}, {"Mass of binder solution", "CPP", "kg", 2400, 20, 40, 2}, {"Product temperature", "NKP", "°C", 262, 30, 50, 1}}, []string{"Spray nozzle free before start"}},
			{"Mass to the end point", "Continue until the impeller power reaches the end point. Do not exceed the maximum time.", true, 8, []parameter{{"Impeller power at end point", "CPP", "kW", 185, 12, 20, 1}, {"Massing time", "KPP", "s", 210, 25, 45, 0}, {"Chopper speed", "NKP", "1/min", 1500, 30, 60, 0}}, []string{"Wet mass is uniform and free of lumps"}},
			{"Discharge through the wet mill", "Discharge through the 8 mm screen directly into the dryer.", false, 14, []parameter{{"Wet mill speed", "NKP", "1/min", 420, 25, 50, 0}}, []string{"Screen intact after use", "Granulator bowl emptied"}},
		}},
	}},
	{key: "drying", title: "Fluid bed drying", description: "The wet granules are dried to the moisture end point; the product temperature must stay below 55 °C.", room: "2.105", equipment: []string{"FB-01", "MA-03"}, perLot: true, loss: 30, operations: []operation{
		{"Preparation", []phase{
			{"Preheat the dryer", "Fit the filter bags, close the product container and preheat.", false, 21, []parameter{{"Preheating temperature", "NKP", "°C", 600, 20, 40, 1}}, []string{"Filter bags fitted, number and integrity checked", "Earthing connected"}},
		}},
		{"Drying", []phase{
			{"Dry the granules", "Dry with the inlet air set point and raise the air flow when the product temperature reaches 35 °C.", true, 46, []parameter{{"Inlet air temperature", "CPP", "°C", 650, 25, 50, 1}, {"Inlet air flow", "KPP", "m³/h", 3200, 120, 240, 0}, {"Product temperature at end", "CPP", "°C", 448, 25, 50, 1}, {"Filter differential pressure", "NKP", "mbar", 120, 25, 50, 1}}, []string{"Fluidisation is even through the sight glass"}},
			{"Determine loss on drying", "Take three samples from different heights; release for milling when the mean is within limits.", true, 17, []parameter{{"Loss on drying, mean of three", "CPP", "%", 210, 35, 60, 2}}, []string{"Samples labelled with sub-lot and time"}},
			{"Cool and discharge", "Cool below 30 °C and discharge into the tared container.", false, 19, []parameter{{"Product temperature at discharge", "NKP", "°C", 272, 18, 28, 1}, {"Mass of dried granules", "KPP", "kg", 11620, 70, 130, 2}}, []string{"Filter bags intact after use"}},
		}},
	}},
	{key: "milling", title: "Dry milling", description: "The dried granules are milled through the conical mill into the blending container.", room: "2.107", equipment: []string{"MI-04"}, perLot: true, loss: 10, operations: []operation{
		{"Mill set-up", []phase{
			{"Fit the screen", "Fit the 1.2 mm screen and the round-bar impeller; record the screen number.", false, 10, []parameter{{"Differential pressure", "NKP", "Pa", 15, 5, 8, 0}}, []string{"Screen intact before use", "Metal detector challenged with ferrous, non-ferrous and steel pieces"}},
		}},
		{"Milling", []phase{
			{"Mill the granules", "Feed evenly; the impeller must not run empty.", true, 27, []parameter{{"Mill speed", "CPP", "1/min", 1100, 40, 80, 0}, {"Feed rate", "KPP", "kg/min", 520, 40, 80, 2}}, []string{"Screen intact after use", "No metal detected"}},
			{"Weigh the milled granules", "Weigh the container and enter the net mass.", false, 8, []parameter{{"Mass of milled granules", "KPP", "kg", 11600, 70, 130, 2}, {"Fraction below 0.125 mm", "KPP", "%", 184, 40, 70, 1}}, nil},
		}},
	}},
	{key: "blending", title: "Final blending", description: "All sub-lots are combined and blended with the extragranular excipients; the lubricant is added last.", room: "2.110", equipment: []string{"BC-11"}, loss: 5, operations: []operation{
		{"Blending", []phase{
			{"Charge the bin", "Charge the milled granules of all sub-lots, then crospovidone and silica in layers.", true, 48, []parameter{{"Total mass in the bin", "KPP", "kg", 47500, 90, 180, 2}, {"Fill level", "NKP", "%", 68, 5, 9, 0}}, []string{"Labels of all sub-lots scanned and attached"}},
			{"Blend", "Blend at the set speed; record the number of revolutions.", true, 19, []parameter{{"Blending speed", "CPP", "1/min", 9, 1, 2, 0}, {"Blending time", "CPP", "min", 150, 3, 6, 1}}, nil},
			{"Lubricate", "Add the sieved magnesium stearate and blend again. Do not exceed the time.", true, 9, []parameter{{"Lubrication time", "CPP", "min", 40, 2, 4, 1}, {"Revolutions", "KPP", "1", 36, 2, 4, 0}}, []string{"Magnesium stearate free of lumps"}},
		}},
		{"Release for compression", []phase{
			{"Sample the blend", "Sample at ten positions with the thief according to the plan and send the samples to quality control.", true, 35, []parameter{{"Bulk density", "KPP", "g/mL", 58, 4, 7, 2}, {"Blend uniformity, RSD", "CPP", "%", 14, 11, 30, 1}}, []string{"Ten samples labelled and sealed"}},
		}},
	}},
	{key: "compression", title: "Compression", description: "The blend is compressed to round, biconvex tablets of 8 mm with a nominal mass of 160.0 mg.", room: "2.114", equipment: []string{"TP-03", "MD-02", "HT-02"}, loss: 90, operations: []operation{
		{"Press set-up", []phase{
			{"Fit punches and dies", "Fit tool set BIS-08-2 and inspect every punch tip under the magnifier.", true, 75, []parameter{{"Number of punch pairs", "NKP", "1", 43, 1, 2, 0}}, []string{"Tool set within its service life", "Punches and dies free of damage", "Feeder and discharge chute clean"}},
			{"Adjust the press", "Adjust fill depth and forces with the first kilograms; discard these tablets.", true, 36, []parameter{{"Fill depth", "KPP", "mm", 742, 15, 30, 2}, {"Pre-compression force", "KPP", "kN", 32, 6, 11, 1}, {"Main compression force", "CPP", "kN", 120, 10, 20, 1}}, []string{"Start-up tablets collected and labelled as waste"}},
		}},
		{"Compression run", []phase{
			{"Compress", "Compress at the set turret speed. Take in-process samples as listed; stop the press when a value is outside the action limits.", true, 610, []parameter{{"Turret speed", "CPP", "1/min", 62, 4, 8, 0}, {"Feeder speed", "KPP", "1/min", 38, 4, 7, 0}, {"Ejection force", "NKP", "N", 210, 45, 90, 0}, {"Mean main compression force", "CPP", "kN", 121, 9, 18, 1}}, []string{"Metal detector challenged before start", "Metal detector challenged at end"}},
			{"Close the run", "Empty the hopper, weigh good tablets, waste and samples.", false, 42, []parameter{{"Mass of good tablets", "KPP", "kg", 46980, 200, 380, 2}, {"Mass of waste", "NKP", "kg", 310, 150, 290, 2}}, []string{"All drums closed and labelled"}},
		}},
	}},
	{key: "coating", title: "Film coating", description: "The cores are coated with an aqueous hypromellose film to a mass gain of 3.0 %.", room: "2.120", equipment: []string{"CO-02"}, perLot: true, loss: 15, operations: []operation{
		{"Coating suspension", []phase{
			{"Prepare the suspension", "Disperse the premix in purified water within five minutes and stir for 45 minutes; pass through 0.25 mm.", false, 58, []parameter{{"Solids content", "KPP", "%", 180, 6, 12, 1}, {"Stirring time", "NKP", "min", 48, 4, 9, 0}, {"Suspension temperature", "NKP", "°C", 228, 22, 40, 1}}, []string{"Suspension free of lumps", "Label with preparation and use-by time attached"}},
		}},
		{"Coating", []phase{
			{"Charge and preheat", "Charge the cores and preheat with the drum jogging until the bed temperature is reached.", false, 24, []parameter{{"Charge of the drum", "KPP", "kg", 11700, 90, 180, 2}, {"Bed temperature before spraying", "KPP", "°C", 420, 15, 30, 1}}, []string{"Spray guns aligned, distance 220 mm"}},
			{"Spray", "Spray until the target mass gain is reached. Adjust within the ranges only.", true, 118, []parameter{{"Spray rate", "CPP", "g/min", 240, 18, 30, 0}, {"Atomising air pressure", "CPP", "bar", 250, 15, 30, 2}, {"Exhaust air temperature", "CPP", "°C", 445, 15, 30, 1}, {"Drum speed", "KPP", "1/min", 70, 5, 10, 1}, {"Inlet air volume", "NKP", "m³/h", 2600, 100, 200, 0}}, []string{"No twins or picking seen at 30, 60 and 90 minutes"}},
			{"Dry and cool", "Dry, cool below 30 °C and discharge into lined drums.", false, 31, []parameter{{"Bed temperature at discharge", "NKP", "°C", 281, 14, 19, 1}, {"Mass gain at end", "CPP", "%", 300, 30, 60, 2}}, []string{"Drums closed and labelled"}},
		}},
		{"Visual inspection", []phase{
			{"Inspect the coated tablets", "Inspect 315 tablets for colour, chipping, bridging of the score line and foreign matter.", true, 40, []parameter{{"Minor defects found", "KPP", "1", 2, 3, 5, 0}}, []string{"No critical defect", "Colour conforms to the reference tablet"}},
		}},
	}},
	{key: "blistering", title: "Blister packaging", description: "The tablets are packed into PVC/PVDC blisters of 10.", room: "3.007", equipment: []string{"BL-05", "LK-01"}, loss: 40, operations: []operation{
		{"Line set-up", []phase{
			{"Set up forming and sealing", "Fit format set 3007-12, thread film and foil and heat up.", true, 64, []parameter{{"Forming temperature", "CPP", "°C", 118, 4, 7, 0}, {"Sealing temperature", "CPP", "°C", 178, 4, 8, 0}, {"Sealing pressure", "CPP", "kN", 220, 15, 30, 1}}, []string{"Lot number and expiry on the embossing tool compared with the order", "First blisters approved by the shift supervisor"}},
			{"Challenge the camera", "Feed the challenge blisters: missing tablet, broken tablet, wrong colour, foreign tablet.", true, 16, nil, []string{"All four challenge blisters rejected", "Reject verification counter works"}},
		}},
		{"Packaging run", []phase{
			{"Run the line", "Pack all tablets; take leak samples every hour.", true, 540, []parameter{{"Line speed", "KPP", "1/min", 48, 3, 6, 0}, {"Rejected blisters", "NKP", "%", 60, 40, 90, 2}, {"Mean sealing temperature", "CPP", "°C", 178, 4, 8, 0}}, []string{"Leak tests taken as listed", "Camera challenged at the end of each shift"}},
		}},
	}},
	{key: "cartoning", title: "Cartoning and serialisation", description: "Three blisters and one leaflet are packed into each carton; cartons are serialised, checked by mass and aggregated.", room: "3.008", equipment: []string{"CT-03", "CS-01"}, loss: 5, operations: []operation{
		{"Line set-up", []phase{
			{"Approve the printed data", "Print five cartons and compare GTIN, serial number, lot and expiry with the order.", true, 22, []parameter{{"Data matrix grade", "KPP", "1", 38, 8, 18, 1}}, []string{"Specimens of carton and leaflet attached", "Leaflet code reader challenged with a foreign leaflet"}},
		}},
		{"Packaging run", []phase{
			{"Run the line", "Pack, weigh and aggregate. Destroy rejected cartons under control.", true, 520, []parameter{{"Line speed", "KPP", "1/min", 160, 12, 25, 0}, {"Check weigher rejects", "NKP", "%", 35, 25, 60, 2}, {"Unreadable codes", "NKP", "%", 8, 12, 40, 2}}, []string{"Decommissioned serial numbers reported to the repository"}},
			{"Close the order", "Count remaining printed materials twice, return or destroy them and close the order.", true, 55, []parameter{{"Retention samples taken", "NKP", "1", 60, 2, 4, 0}}, []string{"No printed material left on the line", "Retention samples taken"}},
		}},
	}},
}
