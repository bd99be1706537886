"""English caption texts about daily life: people, the table, home, parties, music."""

from .family import Family

FAMILIES = (
    Family.parse(
        "people",
        words="""
        person = woman, man, person, people, girl, boy, lady, gentleman, chef, worker, artist, potter, ceramicist, farmer, teacher, doctor | Portrait FacesAndPlaces
        face = portrait, face, self-portrait, selfie, hand, eyes, smile, hug, kiss | Portrait FacesAndPlaces
        child = child, children, kid, baby, toddler | Childhood BigLittleDays
        together = couple, family, friend, crowd, team, mother, father, mom, dad, grandmother, grandfather, grandma, grandpa, sister, brother | Together
        elder = old man, old woman, elderly, grandmother, grandfather, grandma, grandpa | StoriesWeKeep
        sport = runner, athlete, football, soccer, skateboard, skater, cyclist, swimmer, gym, yoga, dancer, ballerina, basketball, tennis, boxing | InMotion
        music = musician, band, singer, concert, jazz, dj, guitarist, pianist, orchestra, choir | Music LiveAndLoud
        """,  # noqa: E501
        tags="HumanScale ShortStories",
        hooks="""
        Nobody said "smile".
        A face with a plot.
        The second before the pose.
        Read the hands first.
        person: Somebody you almost know.
        Character, in good light.
        person: A cast of one, and nobody missing.
        person,child,elder,together: {Subject}, between two thoughts.
        person,child,elder,together: {Subject}, mid-sentence.
        child: Small shoes, large plans.
        child: Serious business, recess edition.
        together: Better in the plural.
        together: The good kind of noise.
        elder: Every line has a date on it.
        sport: Gravity, politely declined.
        sport: One more, said for the ninth time.
        music: Turn the picture up.
        music: Four beats to the frame.
        """,
        lines="""
        The best portraits start just after somebody says "are we done?"
        You can tell there is a story, and that it will not be told in full.
        person,child,elder,together: Nothing was asked of {the}, and that is why it works.
        There is a whole afternoon in that expression, if you look long enough.
        Everyone has one picture where they look like themselves. This could be it.
        The light was good; the conversation before it was better.
        It takes years to look this natural and a fraction of a second to keep it.
        Somewhere off-frame somebody told a joke, and the ending is still in the air.
        Good posture is optional. Presence is not.
        Look at the eyes, then the hands, then the eyes again.
        person,child,elder,together: There is room on one side, for whatever {the} had in mind.
        person: A stranger is a biography with the first pages missing.
        person,child,elder,together: For a second, everything around {the} went quiet.
        person,child,elder,together: A camera would have asked {the} to move. Good thing it did not.
        child: At that height every table is architecture.
        child: The game has rules. They changed while you were reading this.
        child: Pockets full, schedule empty, the correct way round.
        together: Somebody is always mid-blink, and that is the one we keep.
        together: Nobody remembers the weather that day, only who was there.
        elder: Ask one question and bring a chair; the answer takes the good part of a day.
        elder: Experience is mostly knowing which stairs creak.
        sport: The hard part happened on all the mornings nobody photographed.
        sport: A body solving a problem faster than a head could phrase it.
        music: You can almost hear the bit where everybody stops talking.
        music: Somebody counts to four, and the room changes its mind about leaving.
        """,
        quips="""
        No retakes.
        First try.
        Off script.
        Unposed, mostly.
        You know the type.
        """,
        calls="""
        What do you think happened a minute later?
        Send it to someone who hates having their picture taken.
        Give this one a first name in the comments.
        Tag somebody with a face like a short story.
        """,
    ),
    Family.parse(
        "table",
        words="""
        food = food, dish, meal, pizza, burger, hamburger, pasta, sushi, ramen, soup, salad, steak, taco, rice, cheese, noodle, sandwich, breakfast, dinner, lunch, restaurant, picnic, vegetable, tomato, bbq, barbecue, egg, spice | GoodFood EatSlowly
        honey = honey, honeycomb, beehive, hive, beekeeper, jam, syrup | HoneyDay SlowFood
        coffee = coffee, coffee shop, espresso, cappuccino, latte, cafe, mug, cup, barista, coffee cup | CoffeeFirst
        tea = tea, teapot, matcha, chai | TeaTime
        baking = bread, cake, pastry, croissant, donut, doughnut, cupcake, cookie, pie, bakery, sourdough, bun, pancake, waffle | FreshlyBaked SweetThings
        sweet = chocolate, dessert, ice cream, candy, gelato, popsicle, caramel | SweetThings
        fruit = fruit, apple, lemon, orange slice, strawberry, berry, banana, mango, peach, apricot, watermelon, pear, cherry, fig, grape, pineapple, avocado, citrus | InSeason Fruit
        drink = wine, cocktail, beer, juice, lemonade, glass of wine, whisky, champagne, smoothie, bar | Cheers
        """,  # noqa: E501
        tags="AtTheTable SlowFood",
        hooks="""
        First the eyes, then the spoon.
        food,baking,sweet: Nobody photographs the second helping.
        baking,sweet: Crumbs are a form of applause.
        The table is set. The rules are not.
        Sit down before it gets any better.
        A reason to clear the table.
        food,baking,sweet,fruit: Serves two, or one honest person.
        food,baking: Hunger, professionally lit.
        Seconds were discussed.
        Kitchen, at its own speed.
        food: The fork was already in the air.
        food: Eat first, caption later.
        honey: Honey day.
        honey: Slow gold.
        honey: A whole summer, by the spoonful.
        coffee: First coffee, then sentences.
        coffee: Strong opinions, short cup.
        coffee: Wake up and read the foam.
        tea: Three minutes of doing nothing, properly.
        tea: The kettle has been heard.
        baking: The oven did the talking.
        baking: Warm, and gone by eleven.
        baking: Butter is a love language.
        sweet: Dessert first, as nature intended.
        sweet: One spoon was optimistic.
        fruit: Sweet, and it knows.
        fruit: Peeled, sliced, unrepentant.
        drink: To whatever this day was.
        drink: Cold glass, warm company.
        """,
        lines="""
        food,baking,sweet: There was going to be a second picture, but somebody got hungry.
        food,baking: The recipe is one line long; the patience between the words is the hard part.
        You can smell it from here, or we have been looking too long.
        Slow mornings taste better with both elbows on the table.
        food,sweet: It was plated with care and will be finished without any.
        The good plates came out, so it counts as an occasion.
        Somebody's grandmother would have added a little more, and been right.
        The good cups came out too, which settles the question of whether to stay.
        Somewhere nearby a chair is being pulled out for you.
        food,baking,sweet,honey: A napkin would help. So would a second portion.
        Best in good company, or alone with the door closed. Both are correct.
        It looked perfect for exactly as long as anyone could stand it.
        Nothing on this table has ever heard of a diet.
        food,baking,sweet,fruit: The last bite belongs to whoever is looking away. Do not look away.
        food: The steam lasted eleven seconds, and the plate not much longer.
        food: Salt, heat, and someone who tastes before serving: that is the entire course.
        food: Nobody at the table has spoken for four minutes. High praise.
        honey: Ten thousand flights for one spoon. Lick it properly.
        honey: It drips at the one speed nobody can argue with.
        honey: Warm the bread first. The rest takes care of itself.
        coffee: The day may begin once the cup says so.
        coffee: Small cup, large promises, most of them kept before ten.
        coffee: Two people, one table, and a spoon going round for no reason.
        tea: It cools at the same pace as most arguments.
        tea: Leave the spoon, hold the cup with both hands, say very little.
        baking: Flour on the floor, flour on the cat, and one very good reason.
        sweet: It was for sharing. Plans change.
        sweet: Nobody has ever been sad and holding this at the same time.
        baking: The recipe said "let it cool". The recipe lives alone.
        fruit: It waited all year on a branch for this close-up.
        fruit: Ripe is a window of about two days. We were on time.
        drink: Someone is about to tell the story again, and it gets better each time.
        drink: The ice is doing the small talk.
        """,
        quips="""
        Still warm.
        Seconds, please.
        Spoon at the ready.
        Gone in minutes.
        Chef's silence.
        """,
        calls="""
        Tag someone who still warms the bread first.
        Who gets the last of it?
        Save it for when you are hungry and indecisive.
        Send it to whoever is cooking tonight. No pressure.
        """,
    ),
    Family.parse(
        "home",
        words="""
        room = room, living room, bedroom, interior, sofa, couch, apartment, house, home, cottage, cabin, fireplace, bed, bathroom, hallway, loft | AtHome Interiors
        kitchen = kitchen, stove, countertop, pantry | KitchenStories
        window = window, balcony, curtain, door, windowsill, porch, terrace | WindowSeat
        book = book, library, bookshop, bookstore, reading, notebook, letter, typewriter, desk, office | ReadingCorner
        instrument = guitar, piano, violin, cello, drum, saxophone, trumpet, vinyl, record player, accordion | Music PlayItAgain
        thing = chair, table, lamp, candle, clock, mirror, bowl, teacup, toy, key, rug, pillow, blanket, basket, umbrella stand | StillLife
        """,  # noqa: E501
        tags="StayIn QuietCorners",
        hooks="""
        Plans were cancelled. Nobody cried.
        Home, on its best behaviour.
        The good chair is taken.
        Socks recommended.
        A corner with tenure.
        Stay in. It is excellent in here.
        Nothing matches, everything agrees.
        room: Four walls and a good idea.
        room: Tidied ten minutes ago. It shows, and it will pass.
        kitchen: All the best talks happen standing up.
        window: Best channel in the house.
        window: The light knocked first.
        book: One more page, said at midnight.
        book: Shelf life: forever.
        thing: Useful, and a bit vain about it.
        instrument: It knows more songs than you do.
        thing: Small object, large presence.
        """,
        lines="""
        Everything in here has a place, and nothing is in it.
        The room was quiet enough to hear the kettle think.
        Some corners earn their keep by asking you to sit down.
        Good light pays no rent and still gets the best spot.
        It is the sort of place where the phone runs out of battery and nobody notices.
        Somebody lives here, or at least somebody rests here very seriously.
        A house is finished the day you stop apologising for it.
        No visitors expected, which is when it looks its best.
        The floor creaks in two places, and both of them are useful to know.
        You could do a great deal here. You could also not.
        The lamp and the armchair have an understanding.
        Comfort is a skill, and this is what practice looks like.
        room: Move one cushion and the whole argument starts again.
        room: The walls have heard everything and kept the better parts.
        kitchen: Something is always simmering, and sometimes it is even food.
        kitchen: The drawer of odd lids is just out of frame, where it belongs.
        window: The glass keeps the weather out and lets the afternoon in.
        window: Half the day walks past, if you let it.
        book: The bookmark is a receipt, and the receipt has a story of its own.
        book: Two chapters left, and suddenly everyone reads more slowly.
        instrument: One wrong note, played twice, becomes style.
        instrument: The neighbours know the first eight bars by heart.
        thing: Someone made it once, with care, for a person they had never met.
        thing: Put it somewhere else and the whole house notices.
        """,
        quips="""
        Shoes off.
        No plans.
        The kettle is on.
        Nobody is leaving.
        House rules apply.
        """,
        calls="""
        Which corner of your home would you never move?
        Send it to someone who should cancel tonight.
        Save it for the next rainy Sunday.
        Tag your favourite person to do nothing with.
        """,
    ),
    Family.parse(
        "celebration",
        words="""
        balloon = balloon, confetti | Celebrate GoodNews
        fireworks = fireworks, firework, sparkler | Fireworks Celebrate
        party = party, birthday, celebration, carnival, festival, new year, anniversary, toast, invitation | Celebrate GoodNews
        christmas = Christmas, Xmas, Santa, reindeer, gingerbread | HolidayMood
        holiday = Easter, Halloween, pumpkin, Thanksgiving | HolidayMood
        wedding = wedding, bride, groom, marriage, engagement | TheBigDay
        """,  # noqa: E501
        tags="SaveTheDate GoodCompany",
        hooks="""
        Reason enough.
        Dress code: happy.
        The cake was consulted.
        Come as you are, stay as you like.
        Mark the calendar in pen.
        Somebody brought good news.
        Late is fine. Empty-handed is fine too.
        balloon: Confetti: the glitter of honest people.
        fireworks: Ten, nine, look up.
        party: Loud music, soft landing.
        party: One more song, said five songs ago.
        christmas: Same jokes, new year, full house.
        christmas: The good decorations, and the ones the kids made.
        wedding: Two people, one very long table.
        wedding: Somebody is crying. It is the uncle, again.
        """,
        lines="""
        The speech was short and the evening was not.
        Good things deserve witnesses, so bring a few.
        Somebody will dance badly, and it will be the best part.
        There is always one guest who came for the cake. Respect.
        The candles were lit in the wrong order, and the wish counted anyway.
        Nobody remembers the programme, only who laughed first.
        We kept a chair free, just in case you read this on the way.
        It took three lists and one long phone call, and it was worth both pens.
        Keep the ribbon. You will find it in a drawer in ten years and know exactly why.
        A small excuse is all a good table has ever needed.
        The clock was asked to leave the room.
        Leftovers are simply the party, continued.
        The neighbours were warned, and then invited.
        Every celebration has a quiet minute in the middle. Look for it.
        fireworks: Two seconds of sky, two weeks of talking about it.
        balloon: Balloons know only one direction. It is a good one.
        party,balloon: Tomorrow the floor will tell the story in small pieces of paper.
        party: The playlist had a plan, and then somebody's aunt found the phone.
        christmas: Half of the lights work, and it is the better half.
        christmas: The wrapping took longer than the unwrapping. It always wins.
        wedding: They said one word each, and everyone else has been talking since.
        wedding: The flowers were lovely, the shoes came off at ten.
        """,
        quips="""
        You are invited.
        Cake follows.
        Glasses up.
        Bring friends.
        """,
        calls="""
        Tag the friend who is always the first to dance.
        Who are you bringing?
        Save the date, then save a slice.
        Send it to the person you would celebrate with.
        """,
    ),
)
