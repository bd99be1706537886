"""English caption texts about made things: cities, journeys, products."""

from .family import Family

FAMILIES = (
    Family.parse(
        "city",
        words="""
        city = city, skyline, downtown, metropolis, urban, town, rooftop, skyscraper, Tokyo, Paris, New York, London, Lisbon, Rio de Janeiro, Venice, Rome, Berlin | CityNotes Skyline
        street = street, alley, sidewalk, market, shop, storefront, plaza, square, crosswalk, graffiti, mural, stall, billboard | StreetScenes
        building = building, architecture, tower, church, cathedral, bridge, arcade, staircase, facade, temple, palace, museum, arch, ruin, house facade | Architecture LinesAndShadows
        """,  # noqa: E501
        tags="UrbanDiary WalkMore",
        hooks="""
        The city, caught between two appointments.
        Everyone is going somewhere. Not us.
        Walk signal, long pause.
        A million plans, one view.
        Concrete with a sense of humour.
        Rush hour, minus the rush.
        Look up, then mind the kerb.
        city: A thousand windows, a thousand dinners.
        city: The skyline has been working out.
        city: Population: yes.
        street: Turn left at whatever smells good.
        street: The pavement keeps the minutes.
        street: Corner seat, no cover charge.
        building: Straight lines, crooked history.
        building: Built to be looked at twice.
        building: Gravity signed off on this.
        """,
        lines="""
        Somewhere in there a person is late and another one is falling in love.
        Every lit window is a short film with no subtitles.
        The best shortcut takes twenty minutes longer, and nobody regrets it.
        You can live here for ten years and still find a door you never noticed.
        Half the charm was planned. The better half was a mistake nobody fixed.
        A city is never finished, and that is the nicest thing about it.
        Someone is practising the trumpet three floors up, with more hope than talent.
        The map says ten minutes. The map has never stopped for coffee.
        Most of it is other people's errands, arranged beautifully.
        There is always one shop that sells only buttons. Be good to that shop.
        Even the pigeons look like they have a reservation.
        Lost is just walking with more attention.
        city: From up here the traffic looks like a decision somebody is still making.
        city: The noise is included in the view, and so is the neighbour's playlist.
        city: It changes its outfit every evening and never asks how it looks.
        street: Three languages, two dogs and one violin before the next corner.
        street: The fruit seller knows everyone's news and charges only for the fruit.
        street: Nothing happens on this street, several hundred times a day.
        building: Somebody drew this line by hand once, and then thousands had to follow it.
        building: The shadow arrives at four and is easily the best tenant.
        building: Stairs are just a hill with good manners.
        """,
        quips="""
        Mind the kerb.
        Next stop, coffee.
        Taxi for nobody.
        Walk, do not run.
        Keep left, look up.
        """,
        calls="""
        Which city are you homesick for?
        Tag someone who walks instead of taking the bus.
        Save it for your next wrong turn.
        Send it to the friend who always knows a place round the corner.
        """,
    ),
    Family.parse(
        "travel",
        words="""
        car = car, vintage car, sports car, truck, van, camper, beetle car, convertible, taxi, motorbike, motorcycle, scooter, vespa | RoadTrip OnWheels
        bicycle = bicycle, bike, cycling, tricycle | TwoWheels
        train = train, railway, station, tram, subway, metro, bus, locomotive | SlowTravel
        flight = airplane, plane, aircraft, airport, hot air balloon, balloons, zeppelin, airship, helicopter, glider | WindowSeat
        road = road, highway, route | OnTheRoad
        trip = suitcase, backpack, travel, journey, passport, map, tent, camping | OnTheRoad
        """,  # noqa: E501
        tags="GoSomewhere LongWayHome",
        hooks="""
        Are we there yet? Hopefully not.
        Packed in four minutes, forgot the charger.
        The scenic route, as a lifestyle.
        Departure: eventually.
        Half the trip is the window.
        Anywhere, but with snacks.
        Estimated arrival: whenever.
        car: Full tank, empty calendar.
        car: Built for the long way home.
        bicycle: Two wheels, zero emails.
        bicycle: Gears optional, grin included.
        train: The slow train is the good one.
        train: Mind the gap, enjoy the view.
        flight: Up, and not asking why.
        flight: Leaving the ground was the easy part.
        road: The road had a better idea.
        road: Left at the tree, then see.
        """,
        lines="""
        The best part of any map is the crease that hides the town you find by accident.
        Leave early, stop often, and blame the traffic for both.
        A good journey has one plan and at least two better ones.
        Someone is in charge of the music, and someone else is in charge of complaining.
        You always pack for the person you hope to be. That person needs three hats.
        Nobody ever came home and said they had taken too many detours.
        The thermos is older than the passenger and just as reliable.
        Halfway is a lovely place. Hardly anyone stops there.
        What you remember later is never the thing in the guidebook.
        Movement is the cheapest cure for a stuck sentence.
        The souvenir broke on the way home, and the story is better for it.
        Keep the ticket. It will fall out of a book one day, right on time.
        car: The radio gets two stations, and both of them play this mood.
        car: It starts on the second try, like most good ideas.
        bicycle: It runs on breakfast and parks wherever it is happy.
        bicycle: Downhill is a reward. Uphill is where you think of the thing you wanted to say.
        train: The window edits the country into one long, unhurried shot.
        train: Everybody on board is between two lives for an hour or so.
        flight: From above even the problems look carefully laid out.
        flight: The ground will still be there afterwards. It is good like that.
        road: It bends just where you would have looked away. Clever road.
        road: No sign for miles, which is a sign of its own.
        """,
        quips="""
        Window seat.
        Snacks packed.
        No hurry.
        Next exit, maybe.
        One more bend.
        """,
        calls="""
        Where does this one take you?
        Tag your best navigator, or your worst.
        Save it for the next empty weekend.
        Send it to someone with unused holidays.
        """,
    ),
    Family.parse(
        "product",
        words="""
        product = product, bottle, perfume, packaging, cosmetic, skincare, cream, soap, jar, label, mockup, box, brand, lipstick, candle jar | ProductStory InDetail
        fashion = shoe, sneaker, dress, bag, handbag, hat, jacket, fashion, fabric, t-shirt, coat, sunglasses, scarf, boot | WearItWell
        sculpture = sculpture, statue, bust | Sculpture
        jewel = watch, ring, jewelry, jewellery, necklace, earring, diamond, gem, crystal | SmallTreasures
        ceramic = vase, ceramic, pottery, porcelain, clay, glassware | MadeByHand Ceramics
        gadget = phone, smartphone, laptop, camera, headphone, headphones, computer, keyboard, speaker, console | DeskSetup
        """,  # noqa: E501
        tags="GoodDesign MadeWithCare",
        hooks="""
        Form, function, and a small bow.
        Good things hold still.
        Details first. The rest follows.
        Designed once, noticed daily.
        Quietly excellent.
        The shelf just got competitive.
        Less explaining, more looking.
        product: Shelf presence, effortless.
        product: Open carefully, keep the box.
        fashion: Goes with everything, answers to no one.
        fashion: Worn in, never worn out.
        jewel: Small, bright, impossible to ignore.
        jewel: It catches the light and keeps it.
        ceramic: Earth, water, fire, patience.
        ceramic: Slightly uneven, entirely right.
        sculpture: Holding still, professionally.
        gadget: Charged, in every sense.
        gadget: Fewer buttons, better manners.
        """,
        lines="""
        Someone argued for a week about that edge, and the edge won.
        You notice it once for how it looks, then daily for how it behaves.
        It does one thing well and does not bring it up at dinner.
        Good design is mostly a long list of things that were left out.
        The light found every decision somebody made at two in the morning.
        Pick it up and you will understand the fuss about weight.
        It was drawn forty times. This is the one that stopped asking for changes.
        No slogan would survive standing next to it.
        The best compliment is a hand reaching out without thinking.
        It looks simple, in the way that takes most of a year.
        Made to be used until it has a story, and then used some more.
        Every shelf has one thing people ask about. Consider it sorted.
        product: The label says little, because the inside does the talking.
        product: Keep the packaging. You were going to anyway.
        fashion: It will be in every photo of the next ten years, and nobody will mind.
        fashion: Comfort snuck in through the side door and stayed.
        jewel: It weighs next to nothing and changes how you hold your hand.
        jewel: Some things are passed on mainly because nobody can bear to stop wearing them.
        ceramic: You can see where the thumb was. That is the signature.
        ceramic: It came out of the kiln with its own opinion, and we agreed.
        sculpture: It was in the block all along. Somebody only had to be sure.
        sculpture: Walk round it once. It will wait; that is its whole career.
        gadget: It remembers everything except where you left it.
        gadget: The manual is one page long, and nobody has needed it.
        """,
        quips="""
        Handle with pleasure.
        Batteries not needed.
        Shelf-ready.
        Look closer.
        That edge, though.
        """,
        calls="""
        Yes, no, or "where has this been"? Tell us.
        Tag someone who would notice the stitching.
        Save it for the next gift emergency.
        Which detail did you see first?
        """,
    ),
)
